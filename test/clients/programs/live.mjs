// A live call and a conference with Twilio's library for Node.js; credentials and proxy come from the environment, the clock is
// moved through the control API. The argument is the package to import.
const { default: twilio } = await import(process.argv[2]);

const client = twilio();
const numbers = { to: "+14155551212", from: "+12025550100" };
const refusal = (promise) => promise.catch(({ status, code }) => `${status} ${code}`);
const advance = (duration) =>
  fetch(`${process.env.EMULATOR_URL}/_emulator/clock`, { method: "POST", body: JSON.stringify({ advance: duration }) });

const call = await client.calls.create({ ...numbers, url: "https://example.com/voice.xml", record: true });
const { recordings } = client.calls(call.sid);
const current = recordings("Twilio.CURRENT");
const outcome = { created: call.status, early: await refusal(recordings.create()) };
await advance("PT2S");
outcome.answered = (await client.calls(call.sid).fetch()).status;
const started = await recordings.create({ recordingChannels: "dual", recordingStatusCallbackEvent: ["completed"] });
outcome.started = `${started.status} ${started.source} ${started.channels}`;
outcome.startedAgain = (await recordings.create()).sid === started.sid;
outcome.several = await refusal(current.update({ status: "paused" }));
await advance("PT1S");
const [whole] = (await recordings.list()).filter(({ source }) => source === "OutboundAPI");
outcome.stopped = (await recordings(whole.sid).update({ status: "stopped" })).status;
outcome.paused = (await current.update({ status: "paused", pauseBehavior: "skip" })).status;
await advance("PT3S");
outcome.resumed = (await current.update({ status: "in-progress" })).status;
outcome.fetched = (await recordings(started.sid).fetch()).status;
await advance("PT2S");
outcome.ended = (await client.calls(call.sid).update({ status: "completed" })).status;
outcome.none = await refusal(current.update({ status: "paused" }));
outcome.endedAgain = await refusal(client.calls(call.sid).update({ status: "completed" }));
await advance("PT3S");
outcome.recordings = (await recordings.list())
  .map(({ source, status, duration }) => `${source} ${status} ${duration}`)
  .sort();
outcome.removed = await recordings(started.sid).remove();
outcome.left = (await recordings.list({ dateCreated: started.dateCreated })).length;
outcome.calls = (await client.calls.list({ to: numbers.to, status: "completed" })).map(({ duration }) => duration);
outcome.callRemoved = await client.calls(call.sid).remove();

const agent = await client
  .conferences("room")
  .participants.create({ ...numbers, label: "agent", conferenceRecord: "true" });
await advance("PT2S");
const [{ sid }] = await client.conferences.list({ friendlyName: "room", status: "in-progress" });
const conference = client.conferences(sid);
outcome.joined = sid === agent.conferenceSid && (await conference.participants.list())[0].status;
outcome.conferencePaused = (await conference.recordings("Twilio.CURRENT").update({ status: "paused" })).status;
outcome.conferenceStopped = await refusal(conference.recordings("Twilio.CURRENT").update({ status: "stopped" }));
outcome.muted = (await conference.participants("agent").update({ muted: true })).muted;
outcome.kicked = await conference.participants(agent.callSid).remove();
outcome.gone = await refusal(conference.participants(agent.callSid).fetch());
outcome.reason = (await conference.fetch()).reasonConferenceEnded;
await advance("PT3S");
const [recorded] = await conference.recordings.list();
outcome.conferenceRecording = `${recorded.source} ${recorded.status} ${recorded.errorCode}`;
console.log(JSON.stringify(outcome));
