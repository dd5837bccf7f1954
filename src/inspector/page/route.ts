import { createValue, useValue } from "./value.js";

export const TABS = [
  "requests",
  "recordings",
  "calls",
  "conferences",
  "callbacks",
  "clock",
  "faults",
  "snapshots",
  "accounts",
  "connect",
] as const;
export type Tab = (typeof TABS)[number];

/** The place in the page, kept in the fragment of its address: `#/requests/12?account=AC…&q=status%3A404`. */
export interface Route {
  tab: Tab;
  /** What is open at the right: a number, a SID or an id. */
  id: string | undefined;
  /** Undefined for all accounts. */
  account: string | undefined;
  /** The filters of the list. */
  filters: Readonly<Record<string, string>>;
}

const route = createValue(read());
addEventListener("hashchange", () => route.set(read()));

export const useRoute = (): Route => useValue(route);
export const currentRoute = (): Route => route.get();

/** Returns the link to a place; what is not given stays as it is, except that another tab begins without filters. */
export function linkTo(change: Partial<Route>, from: Route = route.get()): string {
  const sameTab = change.tab === undefined || change.tab === from.tab;
  const { tab, id, account, filters } = { ...from, ...(!sameTab && { id: undefined, filters: {} }), ...change };
  const query = new URLSearchParams();
  if (account !== undefined) query.set("account", account);
  for (const [name, value] of Object.entries(filters)) if (value !== "") query.set(name, value);
  const search = query.size === 0 ? "" : `?${query}`;
  return `#/${tab}${id === undefined ? "" : `/${encodeURIComponent(id)}`}${search}`;
}

/** Goes to a place. With `replace`, the button "back" skips the present one. */
export function goTo(change: Partial<Route>, { replace = false } = {}): void {
  const link = linkTo(change);
  if (link === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", link);
  route.set(read());
}

function read(): Route {
  const [path = "", search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name = "", id = ""] = path.split("/");
  const { account, ...filters } = Object.fromEntries(new URLSearchParams(search));
  const tab = TABS.find((one) => one === name) ?? "requests";
  return { tab, id: id === "" ? undefined : decode(id), account, filters };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
