import WaveSurfer from "wavesurfer.js";

/** The player of a recording, with a lane for each channel. Bundled with wavesurfer.js as a file of its own. */
export interface Player {
  toggle(): void;
  seek(seconds: number): void;
  end(): void;
}

export interface PlayerSource {
  container: HTMLElement;
  url: string;
  /** From 0 to 1, for each channel. */
  peaks: number[][];
  seconds: number;
  laneHeight: number;
  onTime(seconds: number): void;
  onState(isPlaying: boolean): void;
  onError(): void;
}

// The rules of wavesurfer.js, whose <style> element the build removes.
const RULES = `
  :host { user-select: none; min-width: 1px }
  .scroll { overflow-x: auto; overflow-y: hidden; width: 100%; position: relative }
  .wrapper { position: relative; overflow: visible; z-index: 2 }
  .canvases { pointer-events: none }
  .canvases > div { position: relative }
  canvas { display: block; position: absolute; top: 0; image-rendering: pixelated }
  .progress { pointer-events: none; position: absolute; z-index: 2; top: 0; left: 0; width: 0; height: 100%; overflow: hidden }
  .progress > div { position: relative }
  .cursor { pointer-events: none; position: absolute; z-index: 5; top: 0; left: 0; height: 100%; border-radius: 2px }
`;

export function createPlayer(source: PlayerSource): Player {
  const { container, url, peaks, seconds, laneHeight, onTime, onState, onError } = source;
  const media = new Audio();
  media.preload = "metadata";
  const surfer = WaveSurfer.create({
    container,
    media,
    url,
    peaks,
    duration: seconds,
    height: laneHeight,
    normalize: false,
    maxPeak: 1,
    dragToSeek: true,
    hideScrollbar: true,
    splitChannels: peaks.map(() => ({})),
    ...colors(),
  });
  const root = surfer.getWrapper().getRootNode() as ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(RULES);
  root.adoptedStyleSheets = [sheet];
  surfer.on("timeupdate", onTime);
  surfer.on("play", () => onState(true));
  surfer.on("pause", () => onState(false));
  surfer.on("finish", () => onState(false));
  surfer.on("error", onError);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => surfer.setOptions({ splitChannels: peaks.map(() => ({ ...colors() })), ...colors() });
  scheme.addEventListener("change", repaint);
  return {
    // A play that the browser refuses is an error event, or ends with the player.
    toggle: () => void surfer.playPause().catch(() => {}),
    seek: (time) => surfer.setTime(time),
    end() {
      scheme.removeEventListener("change", repaint);
      surfer.destroy();
      media.removeAttribute("src");
      media.load();
    },
  };
}

function colors() {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return { waveColor: color("--wave"), progressColor: color("--accent"), cursorColor: color("--text") };
}
