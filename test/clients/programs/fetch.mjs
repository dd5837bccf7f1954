// Node's fetch(): the status of the account. The environment contains the credentials and the way to the emulator.
const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = process.env;
const headers = { authorization: `Basic ${btoa(`${account}:${token}`)}` };
const { status } = await fetch(`https://api.twilio.com/2010-04-01/Accounts/${account}.json`, { headers });
console.log(JSON.stringify({ fetch: status }));
