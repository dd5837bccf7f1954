import type { Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { callEmulator, FROM, TO } from "./calls.js";
import { ACCOUNT } from "./emulator.js";

const ROOT = `/2010-04-01/Accounts/${ACCOUNT}/Conferences`;

export const CONFERENCES = `${ROOT}.json`;
export const conferencePath = (sid: string) => `${ROOT}/${sid}.json`;

/** @param conference - a SID or a friendly name. */
export const participantsPath = (conference: string) => `${ROOT}/${encodeURIComponent(conference)}/Participants.json`;
export const participantPath = (conference: string, callSidOrLabel: string) =>
  participantsPath(conference).replace(".json", `/${encodeURIComponent(callSidOrLabel)}.json`);
export const conferenceRecordingsPath = (sid: string) => `${ROOT}/${sid}/Recordings.json`;
export const conferenceRecordingPath = (sid: string, recordingSid: string) =>
  `${ROOT}/${sid}/Recordings/${recordingSid}.json`;

/** As `callEmulator`, with functions for conferences. */
export async function conferenceEmulator(t: Test, overrides: Partial<Config> = {}) {
  const running = await callEmulator(t, overrides);
  const { send, post, advance } = running;

  /** Calls somebody into a conference; returns the participant. */
  const invite = async (conference: string, form: Record<string, string> = {}) => {
    const answer = await post(participantsPath(conference), { To: TO, From: FROM, ...form });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json();
  };
  /** Calls somebody into a conference and lets the call be answered, 2 s later; returns the participant as it was created. */
  const join = async (conference: string, form?: Record<string, string>) => {
    const participant = await invite(conference, form);
    await advance(2);
    return participant;
  };
  const fetchConference = async (sid: string) => (await send(conferencePath(sid))).json();
  const participantsOf = async (conference: string, query = "") =>
    (await send(`${participantsPath(conference)}${query}`)).json().participants;
  /** Returns the conference's view of its recordings. */
  const recordingsIn = async (sid: string) => (await send(conferenceRecordingsPath(sid))).json().recordings;
  return { ...running, invite, join, fetchConference, participantsOf, recordingsIn };
}
