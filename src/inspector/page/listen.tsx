import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { addressOf } from "./api.js";
import { lengthOf } from "./format.js";
import type { Player } from "./player.js";
import { useResource } from "./use-resource.js";
import type { Peaks, RecordingFull } from "./views.js";

const LANE = 48;
const WIDTH = 1000;

/** The sound of a recording, or why there is none. */
export function Sound({ recording, account }: { recording: RecordingFull; account: string | undefined }) {
  const { detailed_status: status, uri, media_url, encryption_details, has_key } = recording;
  if (status !== "completed" && status !== "deleted") return <p class="muted">None: the recording is {status}.</p>;
  if (!media_url.endsWith(uri.replace(/\.json$/, ""))) {
    return (
      <p class="muted">
        In external storage: <span class="mono">{media_url}</span>
      </p>
    );
  }
  return (
    <>
      {encryption_details !== null && (
        <p class="hint">
          {has_key
            ? "Encrypted. The emulator has the key, and decrypts it here. Twilio has no such key: its API returns the encrypted file."
            : "Encrypted, and the emulator has no key. The API returns the encrypted file."}
        </p>
      )}
      <Listen recording={recording} account={account} />
    </>
  );
}

/** Plays a recording: a lane for each channel, drawn from the server's peaks. */
function Listen({ recording, account }: { recording: RecordingFull; account: string | undefined }) {
  const { sid } = recording;
  const path = `/recordings/${sid}`;
  const { data, error } = useResource<Peaks>(`${path}/peaks`, [], { width: WIDTH, account });
  const peaks = useMemo(() => data && loud(data), [data]);
  const lanes = useRef<HTMLDivElement>(null);
  const player = useRef<Player | undefined>(undefined);
  const [state, setState] = useState({ isLoaded: false, isPlaying: false, failed: false, time: 0 });
  const media = (format: string) => addressOf(`${path}/media`, { format, account });

  useEffect(() => () => player.current?.end(), []);

  async function load(): Promise<Player | undefined> {
    if (player.current !== undefined || peaks === undefined || lanes.current === null) return player.current;
    const { createPlayer } = await import("./player.js");
    const container = lanes.current;
    if (player.current !== undefined || !container.isConnected) return player.current;
    player.current = createPlayer({
      container,
      url: media("wav"),
      peaks: peaks.channels,
      seconds: peaks.seconds,
      laneHeight: LANE,
      onTime: (time) => setState((before) => ({ ...before, time })),
      onState: (isPlaying) => setState((before) => ({ ...before, isPlaying })),
      onError: () => setState((before) => ({ ...before, failed: true, isPlaying: false })),
    });
    setState((before) => ({ ...before, isLoaded: true }));
    return player.current;
  }

  async function seek(time: number): Promise<void> {
    (await load())?.seek(time);
    setState((before) => ({ ...before, time }));
  }

  if (error !== undefined) return <p class="muted">No sound: {error.message}</p>;
  const seconds = peaks?.seconds ?? 0;
  return (
    <div class="listen">
      <div class="lanes" ref={lanes} style={{ minHeight: `${(peaks?.channels.length ?? 1) * LANE}px` }}>
        {!state.isLoaded &&
          peaks?.channels.map((channel, index) => (
            <Lane key={index} peaks={channel} onSeek={(share) => seek(share * seconds)} />
          ))}
      </div>
      <div class="player-controls">
        <button
          type="button"
          class="primary"
          disabled={peaks === undefined}
          onClick={async () => (await load())?.toggle()}
        >
          {state.isPlaying ? "Pause" : "Play"}
        </button>
        <input
          type="range"
          aria-label="Position"
          aria-valuetext={`${lengthOf(state.time)} of ${lengthOf(seconds)}`}
          min={0}
          max={seconds}
          step={0.1}
          value={state.time}
          onInput={(event) => seek(event.currentTarget.valueAsNumber)}
        />
        <span class="counts">
          {lengthOf(state.time)} / {lengthOf(seconds)}
        </span>
        <a class="button" href={media("wav")} download={`${sid}.wav`}>
          WAV
        </a>
        <a class="button" href={media("mp3")} download={`${sid}.mp3`}>
          MP3
        </a>
      </div>
      {state.failed && <p class="muted">The browser could not play the recording.</p>}
    </div>
  );
}

/** Scales peaks so that the loudest one fills its lane. */
function loud({ channels, seconds }: Peaks): Peaks {
  const most = channels.flat().reduce((loudest, peak) => Math.max(loudest, peak), 0.01);
  return { channels: channels.map((peaks) => peaks.map((peak) => (0.92 * peak) / most)), seconds };
}

/** A channel before the first play. */
function Lane({ peaks, onSeek }: { peaks: readonly number[]; onSeek(share: number): void }) {
  const last = Math.max(1, peaks.length - 1);
  const edge = (sign: number) =>
    peaks.map(
      (peak, index) => `${((index / last) * WIDTH).toFixed(1)},${(LANE / 2 + sign * peak * (LANE / 2)).toFixed(1)}`,
    );
  const path = `M${[...edge(-1), ...edge(1).reverse()].join("L")}Z`;
  return (
    <svg
      class="lane"
      viewBox={`0 0 ${WIDTH} ${LANE}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onClick={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        onSeek((event.clientX - left) / width);
      }}
    >
      <path d={path} />
    </svg>
  );
}
