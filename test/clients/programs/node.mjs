// Twilio's library for Node.js as documented; credentials and proxy come from the environment.
// The argument is the package to import.
const { default: twilio } = await import(process.argv[2]);

const client = twilio();
const sid = "RE00000000000000000000000000000005";
const refusal = (promise) => promise.catch(({ status, code }) => `${status} ${code}`);
const outcome = {
  listed: (await client.recordings.list({ pageSize: 4 })).length,
  fetched: (await client.recordings(sid).fetch()).status,
  removed: await client.recordings(sid).remove(),
  missing: await refusal(client.recordings(sid).fetch()),
  deleted: (await client.recordings(sid).fetch({ includeSoftDeleted: true })).status,
  unknown: await refusal(client.recordings(`RE${"f".repeat(32)}`).fetch()),
  unauthorized: await refusal(twilio(process.env.TWILIO_ACCOUNT_SID, "wrong").recordings(sid).fetch()),
};
console.log(JSON.stringify(outcome));
