import { act } from "./actions.js";
import { call } from "./api.js";
import { CopyButton, Sid } from "./copy.js";
import { durationOf } from "./format.js";
import { Pane } from "./pane.js";
import { Body, Chip, Empty, Fields, HttpStatus, Section } from "./parts.js";
import { goTo } from "./route.js";
import type { CallbackView } from "./views.js";

/** One callback: its attempts, and why its signature is as it is. */
export function CallbackDetails({ id, callback }: { id: string; callback: CallbackView | undefined }) {
  if (callback === undefined) {
    return (
      <Pane title={`Callback ${id}`}>
        <Empty text="This callback is no longer in the log." />
      </Pane>
    );
  }
  const { state, event, method, parameters, attempts, signed_text, headers } = callback;
  const signature = Object.entries(headers).find(([name]) => /^x-twilio-signature$/i.test(name))?.[1];
  return (
    <Pane
      title={
        <>
          <Chip text={state} /> {event}
        </>
      }
      actions={<Actions callback={callback} />}
    >
      <Section title="Delivery">
        <Fields of={summaryOf(callback)} />
      </Section>
      <Section title="Attempts">
        {attempts.length === 0 && <p class="muted">None yet.</p>}
        <ol class="plain-list">
          {attempts.map((attempt, index) => (
            <li key={index} class="attempt">
              <span class="muted">{index + 1}.</span>
              <HttpStatus status={attempt.status} />
              <span class="counts">{durationOf(attempt.duration)}</span>
              {attempt.debugger_code !== null && <span>Twilio's debugger: {attempt.debugger_code}</span>}
              {attempt.error !== null && <span class="attempt-text">{attempt.error}</span>}
              {attempt.answer !== null && attempt.answer !== "" && <Body text={attempt.answer} />}
            </li>
          ))}
        </ol>
      </Section>
      <Section title="Signature">
        <Fields of={[["X-Twilio-Signature", signature && <span class="mono">{signature}</span>]]} />
        {signed_text === null ? (
          <p class="muted">It was not signed yet.</p>
        ) : (
          <div class="snippet">
            <pre class="code">{signed_text}</pre>
            <CopyButton text={signed_text} what="the signed text" />
          </div>
        )}
      </Section>
      <Section title={method === "GET" ? "Query" : "Form"}>
        <Fields of={parameters.map(([name, value]) => [name, <span class="mono">{value}</span>] as const)} />
      </Section>
      <Section title="Headers">
        <Fields
          of={Object.entries(headers).map(([name, value]) => [name, <span class="mono">{value}</span>] as const)}
        />
      </Section>
    </Pane>
  );
}

function summaryOf({ method, url, requested_url, sid, account, faults, ...rest }: CallbackView) {
  return [
    ["Request", <span class="mono">{`${method} ${url}`}</span>],
    ["Requested at", requested_url !== null && requested_url !== url && <span class="mono">{requested_url}</span>],
    ["About", <Sid value={sid} />],
    ["Account", <Sid value={account} />],
    ["Idempotency token", <span class="mono">{rest.idempotency_token}</span>],
    ["Created", <span class="mono">{rest.created_at}</span>],
    ["Finished", rest.finished_at && <span class="mono">{rest.finished_at}</span>],
    ["Faults met", faults.join(", ")],
  ] as const;
}

function Actions({ callback: { id, account } }: { callback: CallbackView }) {
  async function again(body: object, done: string): Promise<void> {
    const path = `/callbacks/${encodeURIComponent(id)}/redeliver`;
    const work = () => call<CallbackView>("POST", path, { query: { account }, body });
    const sent = await act(work, { topics: ["callbacks"], done });
    if (sent !== undefined) goTo({ id: sent.id });
  }
  return (
    <>
      <button
        type="button"
        title="A delivery with another idempotency token"
        onClick={() => again({ new_token: true }, "Delivered again.")}
      >
        Redeliver
      </button>
      <button
        type="button"
        title="The same delivery twice: the same idempotency token"
        onClick={() => again({}, "Delivered a duplicate.")}
      >
        Duplicate
      </button>
      <button
        type="button"
        title="A signature that does not match"
        onClick={() => again({ bad_signature: true }, "Delivered with a bad signature.")}
      >
        Bad signature
      </button>
    </>
  );
}
