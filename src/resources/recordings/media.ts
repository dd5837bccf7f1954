import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ByteSource, SyncByteSource } from "../../media/byte-source.js";
import { ciphertextOf } from "../../media/ciphertext.js";
import { contentKeyFor } from "../../media/encryption.js";
import { soundOfFile } from "../../media/file.js";
import { melodyOf } from "../../media/melody.js";
import { mp3Of } from "../../media/mp3.js";
import { monoOf, type Pcm } from "../../media/pcm.js";
import { pcmOfWav, WAV_CONTENT_TYPE, wavOf } from "../../media/wav.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import type { RecordingRow, Source } from "./table.js";

/** The forms that media can be downloaded in. */
export type MediaFormat = "wav" | "mp3";

/** Recordings of these sources are stored with two channels, whatever their `channels` say. */
const TWO_CHANNEL_SOURCES: ReadonlySet<Source> = new Set([
  "DialVerb",
  "OutboundAPI",
  "StartCallRecordingAPI",
  "Trunking",
  "Conference",
]);

/** Downloaded with one channel unless the client asks for two. */
const CONFERENCE_SOURCES: ReadonlySet<Source> = new Set(["Conference", "StartConferenceRecordingAPI"]);

/**
 * The media of a recording: a file named after its SID, or else a melody that follows from it. Twilio's own form is WAV;
 * an MP3 is made from it.
 *
 * @param requested - how many channels the client asks for; undefined for as many as the recording shows, of a conference one.
 * @param folder - where files may lie: `RE….wav`, `RE….mp3`.
 * @throws TwilioError 20404 if Twilio holds no media of it: it is not completed, or in external storage; 16113 for two
 * channels of a recording that is stored with one; 16109 for an encrypted recording as MP3; 20501 for an MP3 from a WAV file of another format.
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
  const channels = requested ?? (CONFERENCE_SOURCES.has(row.source) ? 1 : undefined);
  if (row.encryption_iv !== null) {
    if (format === "mp3") throw new TwilioError({ code: 16109 });
    return ciphertextOf(plainWav(row, channels, folder), contentKeyFor(row.sid), row.encryption_iv);
  }
  if (format === "wav") return plainWav(row, channels, folder);
  const file = fileOf(row, "mp3", folder);
  return file === undefined ? mp3Of(pcmOf(row, channels, folder)) : soundOfFile(file, "audio/mpeg");
}

function plainWav(row: RecordingRow, channels: 1 | 2 | undefined, folder: string): SyncByteSource {
  const file = wavFile(row, folder);
  if (file === undefined) return wavOf(melody(row, channels));
  const pcm = pcmOfWav(file);
  // A file whose format is not Twilio's, or that need not be changed, is served as it is.
  return pcm === undefined || channels !== 1 || pcm.channels === 1 ? file : wavOf(monoOf(pcm));
}

function pcmOf(row: RecordingRow, channels: 1 | 2 | undefined, folder: string): Pcm {
  const file = wavFile(row, folder);
  if (file === undefined) return melody(row, channels);
  const pcm = pcmOfWav(file);
  // Better nothing than what does not sound like the WAV.
  if (pcm === undefined) throw new TwilioError({ code: 20501, what: "MP3 from a WAV file that is not 8 kHz, 16 bit" });
  return channels === 1 ? monoOf(pcm) : pcm;
}

function wavFile(row: RecordingRow, folder: string): SyncByteSource | undefined {
  const file = fileOf(row, "wav", folder);
  return file === undefined ? undefined : soundOfFile(file, WAV_CONTENT_TYPE);
}

/** The user's own file, its SID spelt in any case. */
function fileOf({ sid }: RecordingRow, format: MediaFormat, folder: string): string | undefined {
  const wanted = `${sid}.${format}`.toLowerCase();
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => name.toLowerCase() === wanted).map((name) => join(folder, name));
  // Only a file, or a link to one: opening a FIFO would wait for a writer.
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function melody(row: RecordingRow, channels: 1 | 2 | undefined = row.channels === 2 ? 2 : 1): Pcm {
  const stored = melodyOf(row.sid, storedChannels(row), row.duration ?? 0);
  return channels === 1 ? monoOf(stored) : stored;
}

function storedChannels({ source, track, channels }: RecordingRow): 1 | 2 {
  if (source === "RecordVerb" || track !== null) return 1;
  return TWO_CHANNEL_SOURCES.has(source) || channels === 2 ? 2 : 1;
}
