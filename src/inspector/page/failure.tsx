import { announce } from "./live.js";
import { Empty } from "./parts.js";

/** The error of a list that could not be read. */
export function Failure({ error }: { error: Error }) {
  const text = error instanceof TypeError ? "The emulator does not answer." : error.message;
  return (
    <Empty text={text}>
      <button type="button" onClick={() => announce()}>
        Try again
      </button>
    </Empty>
  );
}
