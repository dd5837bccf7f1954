import { announce, type Topic } from "./live.js";
import { createValue, useValue } from "./value.js";

interface Notice {
  text: string;
  isError: boolean;
}

const notice = createValue<Notice | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a sentence for some seconds. */
export function say(text: string, isError = false): void {
  notice.set({ text, isError });
  clearTimeout(timer);
  timer = setTimeout(() => notice.set(undefined), isError ? 12_000 : 4000);
}

/**
 * Does what a button says, and reads the lists again.
 *
 * @param topics - the lists that change.
 * @returns the result, undefined after an error, which is shown.
 */
export async function act<T>(
  work: () => Promise<T>,
  { topics, done }: { topics: readonly Topic[] | "all"; done?: string },
): Promise<T | undefined> {
  try {
    const result = await work();
    if (topics === "all") announce();
    else if (topics.length > 0) announce(...topics);
    if (done !== undefined) say(done);
    return result;
  } catch (error) {
    say(error instanceof TypeError ? "The emulator does not answer." : (error as Error).message, true);
    return undefined;
  }
}

/** As `act`, for work without a result: returns whether it was done. */
export async function succeeds(
  work: () => Promise<unknown>,
  options: { topics: readonly Topic[] | "all"; done?: string },
): Promise<boolean> {
  return (await act(() => work().then(() => true), options)) === true;
}

/** The sentence that is shown now. */
export function Notice() {
  const shown = useValue(notice);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown && (
        <div class={shown.isError ? "notice notice-error" : "notice"}>
          <span>{shown.text}</span>
          <button type="button" class="quiet" aria-label="Close the notice" onClick={() => notice.set(undefined)}>
            ✕
          </button>
        </div>
      )}
    </div>
  );
}
