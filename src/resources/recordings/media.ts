import { existsSync } from "node:fs";
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
 * channels of a mono recording; 16109 for an encrypted recording as MP3.
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
  const file = join(folder, `${row.sid}.mp3`);
  return existsSync(file) ? soundOfFile(file, "audio/mpeg") : mp3Of(withChannels(pcmOf(row, folder), channels));
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
  return (file && pcmOfWav(file)) ?? melody(row);
}

function wavFile({ sid }: RecordingRow, folder: string): SyncSound | undefined {
  const file = join(folder, `${sid}.wav`);
  return existsSync(file) ? soundOfFile(file, WAV_CONTENT_TYPE) : undefined;
}

function melody({ sid, channels, duration }: RecordingRow): Pcm {
  return melodyOf(sid, channels === 2 ? 2 : 1, duration ?? 0);
}

function withChannels(pcm: Pcm, channels: 1 | 2 | undefined): Pcm {
  return channels === 1 ? monoOf(pcm) : pcm;
}
