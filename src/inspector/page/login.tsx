import { useState } from "preact/hooks";
import { ApiError, call, loginNeeded } from "./api.js";
import { announce } from "./live.js";

/** Asks for the control token, once for each session of the browser. */
export function Login() {
  const [error, setError] = useState("");
  return (
    <main class="login">
      <form
        class="form"
        onSubmit={async (event) => {
          event.preventDefault();
          const token = new FormData(event.currentTarget).get("token");
          try {
            await call("POST", "/login", { body: { token } });
            loginNeeded.set(false);
            announce();
          } catch (failure) {
            setError(failure instanceof ApiError ? failure.message : "The emulator does not answer.");
          }
        }}
      >
        <h1>Inspector</h1>
        <p>This emulator was started with --control-token.</p>
        <label class="form-field">
          <span>Control token</span>
          <input type="password" name="token" required autocomplete="current-password" />
        </label>
        {error !== "" && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        <div class="form-buttons">
          <button type="submit" class="primary">
            Log in
          </button>
        </div>
      </form>
    </main>
  );
}
