import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ByteSource, SyncByteSource } from "../../media/byte-source.js";
import { ciphertextOf } from "../../media/ciphertext.js";
import { contentKeyFor } from "../../media/encryption.js";
import { fileSource } from "../../media/file.js";
import { melodyOf } from "../../media/melody.js";
import { mp3Of } from "../../media/mp3.js";
import { monoOf, type Pcm } from "../../media/pcm.js";
import { pcmOfWav, WAV_CONTENT_TYPE, wavOf } from "../../media/wav.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import type { RecordingRow, Source } from "./table.js";

export type MediaFormat = "wav" | "mp3";

/** Recordings of these sources have two channels, even if `channels` is 1. */
const TWO_CHANNEL_SOURCES: ReadonlySet<Source> = new Set([
  "DialVerb",
  "OutboundAPI",
  "StartCallRecordingAPI",
  "Trunking",
  "Conference",
]);

/** Downloaded with one channel unless the request has `RequestedChannels=2`. */
const CONFERENCE_SOURCES: ReadonlySet<Source> = new Set(["Conference", "StartConferenceRecordingAPI"]);

/**
 * Returns the media of a recording: a file named after its SID, else a melody derived from it. An MP3 is encoded from the WAV.
 *
 * @param requested - number of channels; default: the recording's `channels`, 1 for a conference.
 * @param folder - the folder of the files `RE….wav` and `RE….mp3`.
 * @throws TwilioError 20404 if the recording is not completed, or in external storage; 16113 for two channels of a recording
 * that has one; 16109 for an encrypted recording as MP3; 20501 for an MP3 from a WAV file of another format.
 * @see https://www.twilio.com/docs/voice/api/recording#fetch-a-recording-media-file
 */
export function mediaOf(
  row: RecordingRow,
  format: MediaFormat,
  requested: 1 | 2 | undefined,
  folder: string,
): ByteSource {
  if (row.status !== "completed" || row.external_media_url !== null) throw new TwilioError({ code: 20404 });
  if (requested === 2 && storedChannels(row) === 1) throw new TwilioError({ code: 16113 });
  if (row.encryption_iv !== null) {
    if (format === "mp3") throw new TwilioError({ code: 16109 });
    return ciphertextOf(plainWav(row, channelsOf(row, requested), folder), contentKeyFor(row.sid), row.encryption_iv);
  }
  const media = plainMediaOf(row, format, requested, folder);
  // A melody would not match the WAV.
  if (media === undefined)
    throw new TwilioError({ code: 20501, what: "MP3 from a WAV file that is not 8 kHz, 16 bit" });
  return media;
}

/**
 * Returns the media of a recording of any status, without its encryption.
 *
 * @returns undefined for an MP3 from a WAV file of another format.
 */
export function plainMediaOf(
  row: RecordingRow,
  format: MediaFormat,
  requested: 1 | 2 | undefined,
  folder: string,
): ByteSource | undefined {
  if (format === "wav") return plainWav(row, channelsOf(row, requested), folder);
  const file = fileOf(row, "mp3", folder);
  if (file !== undefined) return fileSource(file, "audio/mpeg");
  const pcm = plainPcmOf(row, requested, folder);
  return pcm && mp3Of(pcm);
}

/**
 * Returns the samples of a recording of any status, without its encryption.
 *
 * @returns undefined if its WAV file is of another format.
 */
export function plainPcmOf(row: RecordingRow, requested: 1 | 2 | undefined, folder: string): Pcm | undefined {
  const channels = channelsOf(row, requested);
  const file = wavFile(row, folder);
  if (file === undefined) return melody(row, channels);
  const pcm = pcmOfWav(file);
  return pcm !== undefined && channels === 1 ? monoOf(pcm) : pcm;
}

/** Returns the number of channels that a recording is stored with. */
export function storedChannels({ source, track, channels }: RecordingRow): 1 | 2 {
  if (source === "RecordVerb" || (track !== null && source !== "StartCallRecordingTwiML")) return 1;
  return TWO_CHANNEL_SOURCES.has(source) || channels === 2 ? 2 : 1;
}

/** Returns the number of channels to mix to; undefined for the recording's own. */
function channelsOf({ source }: RecordingRow, requested: 1 | 2 | undefined): 1 | 2 | undefined {
  return requested ?? (CONFERENCE_SOURCES.has(source) ? 1 : undefined);
}

function plainWav(row: RecordingRow, channels: 1 | 2 | undefined, folder: string): SyncByteSource {
  const file = wavFile(row, folder);
  if (file === undefined) return wavOf(melody(row, channels));
  const pcm = pcmOfWav(file);
  // A file is served unchanged if its format is not Twilio's or no mixing is needed.
  return pcm === undefined || channels !== 1 || pcm.channels === 1 ? file : wavOf(monoOf(pcm));
}

function wavFile(row: RecordingRow, folder: string): SyncByteSource | undefined {
  const file = fileOf(row, "wav", folder);
  return file === undefined ? undefined : fileSource(file, WAV_CONTENT_TYPE);
}

/** Returns the path of the user's file. The SID in its name may have any case. */
function fileOf({ sid }: RecordingRow, format: MediaFormat, folder: string): string | undefined {
  const wanted = `${sid}.${format}`.toLowerCase();
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => name.toLowerCase() === wanted).map((name) => join(folder, name));
  // Only files, and links to them: opening a FIFO would block until there is a writer.
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function melody(row: RecordingRow, channels: 1 | 2 | undefined = row.channels === 2 ? 2 : 1): Pcm {
  const stored = melodyOf(row.sid, storedChannels(row), row.duration ?? 0);
  return channels === 1 ? monoOf(stored) : stored;
}
