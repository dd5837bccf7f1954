# A live call and a conference with Twilio's library for Python; the environment contains the credentials and the way to the
# emulator. The clock is moved through the control API.
import json
import os
import urllib.request

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

client = Client()
numbers = {"to": "+14155551212", "from_": "+12025550100"}


def refusal(call, **parameters):
    try:
        call(**parameters)
    except TwilioRestException as error:
        return f"{error.status} {error.code}"


def advance(duration):
    body = json.dumps({"advance": duration}).encode()
    urllib.request.urlopen(f"{os.environ['EMULATOR_URL']}/_emulator/clock", body).close()


call = client.calls.create(**numbers, url="https://example.com/voice.xml", record=True)
recordings = client.calls(call.sid).recordings
current = client.calls(call.sid).recordings("Twilio.CURRENT")
outcome = {"created": call.status, "early": refusal(recordings.create)}
advance("PT2S")
outcome["answered"] = client.calls(call.sid).fetch().status
started = recordings.create(recording_channels="dual", recording_status_callback_event=["completed"])
outcome["started"] = f"{started.status} {started.source} {started.channels}"
outcome["startedAgain"] = recordings.create().sid == started.sid
outcome["several"] = refusal(current.update, status="paused")
advance("PT1S")
whole = next(recording for recording in recordings.list() if recording.source == "OutboundAPI")
outcome["stopped"] = client.calls(call.sid).recordings(whole.sid).update(status="stopped").status
outcome["paused"] = current.update(status="paused", pause_behavior="skip").status
advance("PT3S")
outcome["resumed"] = current.update(status="in-progress").status
outcome["fetched"] = client.calls(call.sid).recordings(started.sid).fetch().status
advance("PT2S")
outcome["ended"] = client.calls(call.sid).update(status="completed").status
outcome["none"] = refusal(current.update, status="paused")
outcome["endedAgain"] = refusal(client.calls(call.sid).update, status="completed")
advance("PT3S")
outcome["recordings"] = sorted(f"{one.source} {one.status} {one.duration}" for one in recordings.list())
outcome["removed"] = client.calls(call.sid).recordings(started.sid).delete()
outcome["left"] = len(recordings.list(date_created=started.date_created.date()))
outcome["calls"] = [one.duration for one in client.calls.list(to=numbers["to"], status="completed")]
outcome["callRemoved"] = client.calls(call.sid).delete()

agent = client.conferences("room").participants.create(**numbers, label="agent", conference_record="true")
advance("PT2S")
[listed] = client.conferences.list(friendly_name="room", status="in-progress")
conference = client.conferences(listed.sid)
outcome["joined"] = listed.sid == agent.conference_sid and conference.participants.list()[0].status
outcome["conferencePaused"] = conference.recordings("Twilio.CURRENT").update(status="paused").status
outcome["conferenceStopped"] = refusal(conference.recordings("Twilio.CURRENT").update, status="stopped")
outcome["muted"] = conference.participants("agent").update(muted=True).muted
outcome["kicked"] = conference.participants(agent.call_sid).delete()
outcome["gone"] = refusal(conference.participants(agent.call_sid).fetch)
outcome["reason"] = conference.fetch().reason_conference_ended
advance("PT3S")
[recorded] = conference.recordings.list()
outcome["conferenceRecording"] = f"{recorded.source} {recorded.status} {recorded.error_code}"
print(json.dumps(outcome))
