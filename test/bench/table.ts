import type { Run } from "./load.js";
import { median, showNumber, showRatio } from "./statistics.js";

/** A row of the table. */
export interface Row {
  title: string;
  emulator: string;
  beside?: string;
  ratio?: string;
}

/** One quantity of the emulator and of the server that it is compared with, measured alternately. */
export interface Comparison {
  title: string;
  values: readonly number[];
  besideTitle: string;
  besideValues: readonly number[];
  unit: string;
}

export function markdown(rows: readonly Row[]): string {
  const cells = rows.map(({ title, emulator, beside = "", ratio = "" }) => [title, emulator, beside, ratio]);
  const all = [["", "emulator", "beside it", "ratio"], ["---", "---", "---", "---"], ...cells];
  return all.map((row) => `| ${row.join(" | ")} |\n`).join("");
}

export function comparisonRow({ title, values, besideTitle, besideValues, unit }: Comparison): Row {
  const show = (series: readonly number[]) => `${showNumber(median(series))} ${unit}`;
  return {
    title,
    emulator: show(values),
    beside: `${besideTitle}: ${show(besideValues)}`,
    ratio: showRatio(values, besideValues),
  };
}

/** Compares the runs of two loads that were measured alternately. */
export function loadRows(title: string, runs: readonly Run[], besideTitle: string, besideRuns: readonly Run[]): Row[] {
  const row = (quantity: string, unit: string, value: (run: Run) => number) =>
    comparisonRow({
      title: `${title}: ${quantity}`,
      values: runs.map(value),
      besideTitle,
      besideValues: besideRuns.map(value),
      unit,
    });
  const latency = (series: readonly Run[]) =>
    `p50 ${showNumber(median(series.map((run) => run.p50)))} ms, p99 ${showNumber(median(series.map((run) => run.p99)))} ms`;
  const throughput = row("throughput, latency", "requests/s", (run) => run.requestsPerSecond);
  const known = [...runs, ...besideRuns].every((run) => run.cpuPerRequest !== undefined);
  return [
    {
      ...throughput,
      emulator: `${throughput.emulator}, ${latency(runs)}`,
      beside: `${throughput.beside}, ${latency(besideRuns)}`,
    },
    ...(known ? [row("processor time", "µs a request", (run) => run.cpuPerRequest ?? Number.NaN)] : []),
  ];
}

/** Compares memory in MiB; undefined if the system does not report it. */
export function memoryRow(
  title: string,
  value: number | undefined,
  besideTitle: string,
  beside: number | undefined,
): Row {
  if (value === undefined || beside === undefined) return { title, emulator: "not measured" };
  return comparisonRow({ title, values: [value], besideTitle, besideValues: [beside], unit: "MiB" });
}
