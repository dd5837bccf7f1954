/** What can go wrong with a callback. */
export const CALLBACK_FAULTS = ["drop", "delay", "duplicate", "reorder", "bad-signature"] as const;

/** A fault that a test arms. */
export interface CallbackFault {
  id: string;
  account: string | undefined;
  fault: (typeof CALLBACK_FAULTS)[number];
  /** Limits it to callbacks of this event. */
  event: string | undefined;
  /** Milliseconds of real time, for `delay`. */
  delay: number;
  /** How many more callbacks it strikes. */
  times: number;
  struck: number;
}

/** The armed faults of callbacks. */
export function createCallbackFaults() {
  const armed = new Map<string, CallbackFault>();
  let number = 0;
  const reset = (account?: string): void => {
    for (const [id, fault] of armed) if (account === undefined || fault.account === account) armed.delete(id);
  };
  return {
    arm(fault: Omit<CallbackFault, "id" | "struck">): CallbackFault {
      const added = { ...fault, id: String(++number), struck: 0 };
      armed.set(added.id, added);
      return added;
    },
    list: (account?: string): CallbackFault[] =>
      [...armed.values()].filter((fault) => account === undefined || fault.account === account),
    reset,
    /** Returns the faults that a callback meets, and counts them. */
    strike(account: string, event: string): CallbackFault[] {
      const struck = [...armed.values()].filter(
        (fault) =>
          fault.times > 0 &&
          (fault.account === undefined || fault.account === account) &&
          (fault.event === undefined || fault.event === event),
      );
      for (const fault of struck) {
        fault.times--;
        fault.struck++;
      }
      return struck;
    },
  };
}

export type CallbackFaults = ReturnType<typeof createCallbackFaults>;
