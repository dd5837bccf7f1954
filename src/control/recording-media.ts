import { SAMPLE_RATE } from "../media/pcm.js";
import { peaksOf } from "../media/peaks.js";
import { plainMediaOf, plainPcmOf, storedChannels } from "../resources/recordings/media.js";
import type { RecordingRules } from "../resources/recordings/rules.js";
import type { RecordingRow } from "../resources/recordings/table.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import { findRecording } from "./recordings.js";
import { objectWith, oneOf, type TypeOf } from "./schema-type.js";

const DEFAULT_WIDTH = 1000;

const CHANNELS = {
  type: "integer",
  ...oneOf([1, 2], " Omitted: the recording's channels, 1 for a conference."),
} as const;

const MEDIA_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: { format: oneOf(["wav", "mp3"], " Omitted: wav."), channels: CHANNELS },
} as const;

const BYTES = { schema: { type: "string", format: "binary" } } as const;

const PEAKS_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    width: {
      type: "integer",
      minimum: 100,
      maximum: 4000,
      description: `A whole number from 100 to 4000: the peaks of a channel. Omitted: ${DEFAULT_WIDTH}.`,
    },
    channels: CHANNELS,
  },
} as const;

const PEAKS = objectWith(
  {
    channels: {
      type: "array",
      items: { type: "array", items: { type: "number", minimum: 0, maximum: 1 } },
      description: "For each channel, the loudest sample of each part of the sound.",
    },
    seconds: { type: "number", description: "The length of the sound." },
  },
  { title: "Peaks" },
);

export type PeaksQuery = TypeOf<typeof PEAKS_QUERY>;
export type Peaks = TypeOf<typeof PEAKS>;

/**
 * The sound of recordings, without encryption, also of soft-deleted ones.
 *
 * @param folder - the folder of media files.
 */
export function recordingMediaCapability(recordings: RecordingRules, folder: string) {
  /**
   * Returns a recording that has, or had, media.
   *
   * @throws ControlError 404 if there is no such recording, 409 if it has no media, 400 for more channels than it has.
   */
  function find(account: string, sid: string, channels: 1 | 2 | undefined): RecordingRow {
    const row = findRecording(recordings, account, sid);
    if (row.status !== "completed" && row.status !== "deleted") {
      throw new ControlError(409, `recording ${row.sid} is ${row.status}; expected: one that is completed or deleted`);
    }
    if (row.external_media_url !== null) {
      throw new ControlError(
        409,
        `the media of recording ${row.sid} is in external storage: ${row.external_media_url}`,
      );
    }
    if (channels === 2 && storedChannels(row) === 1) {
      throw unexpected("channels", channels, `1, because recording ${row.sid} has one channel`);
    }
    return row;
  }

  return {
    media: operation({
      method: "GET",
      url: "/recordings/{Sid}/media",
      id: "readRecordingMedia",
      summary: "Return the sound of a recording, also of a soft-deleted one",
      description:
        "Never encrypted: Twilio would return the ciphertext of an encrypted recording. Whole, or in ranges.",
      docs: { answer: "WAV or MP3; 206" },
      scope: "main",
      query: MEDIA_QUERY,
      isMedia: true,
      answer: { content: { "audio/x-wav": BYTES, "audio/mpeg": BYTES } },
      errors: [409, 416],
      run({ account, key, query: { format = "wav", channels } }) {
        const row = find(account, key, channels);
        return plainMediaOf(row, format, channels, folder) ?? refuseFormat(row);
      },
    }),

    peaks: operation({
      method: "GET",
      url: "/recordings/{Sid}/peaks",
      id: "readRecordingPeaks",
      summary: "Return the waveform of a recording, also of a soft-deleted one",
      description: "Of sound of more than an hour, short peaks may be missed.",
      inProcess: "`recordings.peaks(sid, …)`",
      scope: "main",
      query: PEAKS_QUERY,
      answer: PEAKS,
      errors: [409],
      async run({ account, key, query: { width = DEFAULT_WIDTH, channels } }) {
        const row = find(account, key, channels);
        const pcm = plainPcmOf(row, channels, folder) ?? refuseFormat(row);
        return { channels: await peaksOf(pcm, width), seconds: pcm.frames / SAMPLE_RATE };
      },
    }),
  };
}

function refuseFormat({ sid }: RecordingRow): never {
  throw new ControlError(409, `the WAV file of recording ${sid} cannot be read; expected: 8 kHz, 16 bit`);
}
