import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Accounts } from "./accounts.js";
import { Notice } from "./actions.js";
import { loginNeeded } from "./api.js";
import { Callbacks } from "./callbacks.js";
import { Calls } from "./calls.js";
import { Clock, ClockState, useClock } from "./clock.js";
import { Conferences } from "./conferences.js";
import { Connect } from "./connect.js";
import { Faults } from "./faults.js";
import { connection, follow } from "./live.js";
import { Login } from "./login.js";
import { closeDetails } from "./pane.js";
import { Recordings } from "./recordings.js";
import { Requests } from "./requests.js";
import { currentRoute, goTo, linkTo, TABS, type Tab, useRoute } from "./route.js";
import { Snapshots } from "./snapshots.js";
import { useResource } from "./use-resource.js";
import { useValue } from "./value.js";
import type { AccountView } from "./views.js";

const PAGES: Readonly<Record<Tab, ComponentType>> = {
  requests: Requests,
  recordings: Recordings,
  calls: Calls,
  conferences: Conferences,
  callbacks: Callbacks,
  clock: Clock,
  faults: Faults,
  snapshots: Snapshots,
  accounts: Accounts,
  connect: () => <Connect />,
};
const nameOf = (tab: Tab) => tab.charAt(0).toUpperCase() + tab.slice(1);

/** The whole page. */
export function App() {
  const isLocked = useValue(loginNeeded);
  return isLocked ? <Login /> : <Page />;
}

function Page() {
  const { tab, account } = useRoute();
  const Content = PAGES[tab];
  useEffect(() => follow(account), [account]);
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => {
    document.title = `${nameOf(tab)} · Inspector`;
  }, [tab]);
  return (
    <div class="page">
      <header class="top">
        <h1>Inspector</h1>
        <AccountSwitch account={account} />
        <Now account={account} />
        <Connection />
      </header>
      <nav aria-label="Sections">
        {TABS.map((one) => (
          <a key={one} href={linkTo({ tab: one, id: undefined })} aria-current={one === tab ? "page" : undefined}>
            {nameOf(one)}
          </a>
        ))}
      </nav>
      <main key={`${tab} ${account}`}>
        <Content />
      </main>
      <Notice />
    </div>
  );
}

function AccountSwitch({ account }: { account: string | undefined }) {
  const { data } = useResource<{ accounts: AccountView[] }>("/accounts", ["accounts"]);
  const accounts = data?.accounts ?? [];
  const isUnknown = account !== undefined && !accounts.some(({ sid }) => sid === account);
  return (
    <select
      class="account"
      aria-label="Account"
      value={account ?? ""}
      onChange={(event) => goTo({ account: event.currentTarget.value || undefined, id: undefined })}
    >
      <option value="">All accounts</option>
      {isUnknown && <option value={account}>{account}</option>}
      {accounts.map(({ sid, friendly_name }) => (
        <option key={sid} value={sid} selected={sid === account}>
          {friendly_name === sid ? sid : `${friendly_name} (${sid.slice(0, 8)}…)`}
        </option>
      ))}
    </select>
  );
}

function Now({ account }: { account: string | undefined }) {
  const { view, now } = useClock(account);
  return (
    <a class="now" href={linkTo({ tab: "clock", id: undefined })}>
      <time>{now?.toISOString().slice(0, 19).replace("T", " ") ?? "                   "}</time>
      {view && <ClockState view={view} />}
    </a>
  );
}

function Connection() {
  const state = useValue(connection);
  const texts = { open: "live", connecting: "connecting", lost: "connection lost, trying again" };
  return (
    <span class={`connection connection-${state}`} role="status">
      {texts[state]}
    </span>
  );
}

/** `/` focuses the filter, Escape closes the details. */
function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const isTyping = (event.target as Element).matches("input:not([type=range], [type=checkbox]), textarea, select");
  if (event.key === "/" && !isTyping) {
    const filter = document.querySelector<HTMLInputElement>("[data-filter]");
    if (filter === null) return;
    event.preventDefault();
    filter.focus();
    filter.select();
  } else if (event.key === "Escape" && currentRoute().id !== undefined) {
    event.preventDefault();
    closeDetails();
  }
}
