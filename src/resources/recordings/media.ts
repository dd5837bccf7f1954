import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../conventions/errors.js";
import { ciphertextOf } from "../../media/ciphertext.js";
import { contentKeyFor } from "../../media/encryption.js";
import { soundOfFile } from "../../media/file.js";
import { melodyOf } from "../../media/melody.js";
import { mp3Of } from "../../media/mp3.js";
import { monoOf, type Pcm } from "../../media/pcm.js";
import type { Sound, SyncSound } from "../../media/sound.js";
import { pcmOfWav, WAV_CONTENT_TYPE, wavOf } from "../../media/wav.js";
import type { RecordingRow } from "../../state/rows.js";

/** The forms that media can be downloaded in. */
export type MediaFormat = "wav" | "mp3";

/**
 * The media of a recording: a file named after its SID, or else a melody that follows from it. Twilio's own form is WAV;
 * an MP3 is made from it.
 *
 * @param channels - how many the client asks for; undefined for as many as there are.
 * @param folder - where files may lie: `RE….wav`, `RE….mp3`.
 * @throws Refusal 20404 if Twilio holds no media of it: it is not completed, or in external storage; 16113 for two
 * channels of a mono recording; 16109 for an encrypted recording as MP3; 20501 for an MP3 from a WAV file of another format.
 * @see https://www.twilio.com/docs/voice/api/recording#fetch-a-recording-media-file
 */
export function mediaOf(row: RecordingRow, format: MediaFormat, channels: 1 | 2 | undefined, folder: string): Sound {
  if (row.status !== "completed" || row.external_media_url !== null) throw new Refusal({ code: 20404 });
  if (channels === 2 && row.channels !== 2) throw new Refusal({ code: 16113 });
  if (row.encryption_iv !== null) {
    if (format === "mp3") throw new Refusal({ code: 16109 });
    // What is encrypted can only be had as it is: nobody but the customer could mix its channels.
    return ciphertextOf(plainWav(row, undefined, folder), contentKeyFor(row.sid), row.encryption_iv);
  }
  if (format === "wav") return plainWav(row, channels, folder);
  const file = fileOf(row, "mp3", folder);
  return file === undefined ? mp3Of(withChannels(pcmOf(row, folder), channels)) : soundOfFile(file, "audio/mpeg");
}

function plainWav(row: RecordingRow, channels: 1 | 2 | undefined, folder: string): SyncSound {
  const file = wavFile(row, folder);
  if (file === undefined) return wavOf(withChannels(melody(row), channels));
  const pcm = pcmOfWav(file);
  // A file whose format is not Twilio's, or that need not be changed, is served as it is.
  return pcm === undefined || channels !== 1 || pcm.channels === 1 ? file : wavOf(monoOf(pcm));
}

function pcmOf(row: RecordingRow, folder: string): Pcm {
  const file = wavFile(row, folder);
  if (file === undefined) return melody(row);
  const pcm = pcmOfWav(file);
  // Better nothing than what does not sound like the WAV.
  if (pcm === undefined) throw new Refusal({ code: 20501, what: "MP3 from a WAV file that is not 8 kHz, 16 bit" });
  return pcm;
}

function wavFile(row: RecordingRow, folder: string): SyncSound | undefined {
  const file = fileOf(row, "wav", folder);
  return file === undefined ? undefined : soundOfFile(file, WAV_CONTENT_TYPE);
}

/** The user's own file, its SID spelt in any case. */
function fileOf({ sid }: RecordingRow, format: MediaFormat, folder: string): string | undefined {
  const wanted = `${sid}.${format}`.toLowerCase();
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const entry = entries.find((one) => one.isFile() && one.name.toLowerCase() === wanted);
  return entry && join(folder, entry.name);
}

function melody({ sid, channels, duration }: RecordingRow): Pcm {
  return melodyOf(sid, channels === 2 ? 2 : 1, duration ?? 0);
}

function withChannels(pcm: Pcm, channels: 1 | 2 | undefined): Pcm {
  return channels === 1 ? monoOf(pcm) : pcm;
}
