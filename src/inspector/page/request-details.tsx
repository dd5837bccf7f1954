import { act, say } from "./actions.js";
import { call } from "./api.js";
import { assertionOf, curlOf, faultOf, fixtureOf, sidOf } from "./copies.js";
import { CopyButton, copyText, Sid } from "./copy.js";
import { durationOf } from "./format.js";
import { Pane } from "./pane.js";
import { Body, Chip, Empty, Fields, HttpStatus, Section } from "./parts.js";
import { goTo } from "./route.js";
import { useResource } from "./use-resource.js";
import type { Pair, RecordingFull, RequestDetail, RequestView } from "./views.js";

/** One request: what came, and what was answered. */
export function RequestDetails({ number, known }: { number: string; known: RequestView | undefined }) {
  const { data, error } = useResource<RequestDetail>(`/requests/${encodeURIComponent(number)}`, []);
  const request = data ?? known;
  if (request === undefined) {
    return <Pane title={`Request ${number}`}>{error && <Empty text="This request is no longer in the log." />}</Pane>;
  }
  return (
    <Pane
      title={
        <>
          <HttpStatus status={request.status} /> {request.method} {request.operation ?? "unknown path"}
        </>
      }
      actions={data && <Copies request={data} />}
    >
      <Section title="Request">
        <Fields of={summaryOf(request)} />
      </Section>
      {request.query !== "" && (
        <Section title="Query">
          <Fields of={mono([...new URLSearchParams(request.query)])} />
        </Section>
      )}
      {data && <Received request={data} />}
      {data && <Answered request={data} />}
      {data && <Headers request={data} />}
    </Pane>
  );
}

function summaryOf(request: RequestView) {
  const { number, time, path, account, code, duration, fault, user_agent, request_id } = request;
  const link = code !== null && `https://www.twilio.com/docs/api/errors/${code}`;
  return [
    ["Path", <span class="mono">{path}</span>],
    ["Account", account && <Sid value={account} />],
    ["Twilio code", code && <a href={String(link)} rel="noreferrer" target="_blank">{`${code}`}</a>],
    ["Fault struck", fault && <Chip text={fault} tone="warn" />],
    ["Duration", durationOf(duration)],
    ["Time", <span class="mono">{time}</span>],
    ["Number", String(number)],
    ["User agent", user_agent],
    ["Request id", request_id && <span class="mono">{request_id}</span>],
  ] as const;
}

function Received({ request: { headers, body, body_truncated } }: { request: RequestDetail }) {
  if (body === null) return null;
  const isForm = headers.some(([name, value]) => /^content-type$/i.test(name) && /urlencoded/i.test(value));
  return (
    <Section title={isForm ? "Form" : "Body"} note={body_truncated ? "the first 8 KiB" : ""}>
      {isForm ? <Fields of={mono([...new URLSearchParams(body)])} /> : <Body text={body} />}
    </Section>
  );
}

function Answered({ request: { answer, status } }: { request: RequestDetail }) {
  if (answer === null) {
    const text =
      status === null
        ? "The connection closed before an answer."
        : "The answer was not kept. Answers are kept while this page is open, or with --journal-answers.";
    return (
      <Section title="Answer">
        <p class="muted">{text}</p>
      </Section>
    );
  }
  return (
    <Section title="Answer" note={answer.truncated ? "the first 8 KiB" : ""}>
      {answer.body === null ? <p class="muted">Media, or no body.</p> : <Body text={answer.body} />}
    </Section>
  );
}

function Headers({ request: { headers, answer } }: { request: RequestDetail }) {
  return (
    <>
      <Section title="Request headers" note="credentials are masked">
        <Fields of={mono(headers)} />
      </Section>
      {answer && (
        <Section title="Answer headers">
          <Fields of={mono(answer.headers)} />
        </Section>
      )}
    </>
  );
}

function mono(pairs: readonly Pair[]) {
  return pairs.map(([name, value]) => [name, <span class="mono">{value}</span>] as const);
}

function Copies({ request }: { request: RequestDetail }) {
  const sid = sidOf(request);
  const isOfRecording = sid?.startsWith("RE") === true;
  const fault = faultOf(request, messageOf(request));
  async function copyFixture(): Promise<void> {
    const query = { account: request.account ?? undefined };
    const recording = await act(() => call<RecordingFull>("GET", `/recordings/${sid}`, { query }), { topics: [] });
    if (recording !== undefined) await copyText(fixtureOf(recording), "the fixture");
  }
  return (
    <>
      <span class="muted">Copy as</span>
      <CopyButton label="curl" text={curlOf(request, location.origin)} what="the curl command" />
      {isOfRecording && (
        <button type="button" class="small" aria-label="Copy the fixture" onClick={copyFixture}>
          fixture
        </button>
      )}
      <CopyButton label="fault" text={JSON.stringify(fault)} what="the fault" />
      <CopyButton label="assertion" text={assertionOf(request)} what="the assertion" />
      <button
        type="button"
        class="small"
        onClick={async () => {
          const query = { account: request.account ?? undefined };
          if (await act(() => call("POST", "/faults", { query, body: fault }), { topics: ["faults"] })) {
            say("The fault is armed: it strikes the next such request.");
          }
        }}
      >
        Arm as fault
      </button>
      {isOfRecording && (
        <button type="button" class="small" onClick={() => goTo({ tab: "recordings", id: sid })}>
          Show recording
        </button>
      )}
    </>
  );
}

function messageOf({ answer }: RequestDetail): string | undefined {
  try {
    return (JSON.parse(answer?.body ?? "") as { message?: string }).message;
  } catch {
    return undefined;
  }
}
