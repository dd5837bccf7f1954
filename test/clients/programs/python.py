# Twilio's library for Python as documented; the environment contains the credentials and the way to the emulator.
import json
import os

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

client = Client()
sid = "RE00000000000000000000000000000005"


def refusal(call):
    try:
        call()
    except TwilioRestException as error:
        return f"{error.status} {error.code}"


print(
    json.dumps(
        {
            "listed": len(client.recordings.list(page_size=4)),
            "fetched": client.recordings(sid).fetch().status,
            "removed": client.recordings(sid).delete(),
            "missing": refusal(client.recordings(sid).fetch),
            "deleted": client.recordings(sid).fetch(include_soft_deleted=True).status,
            "unknown": refusal(client.recordings("RE" + "f" * 32).fetch),
            "unauthorized": refusal(Client(os.environ["TWILIO_ACCOUNT_SID"], "wrong").recordings(sid).fetch),
        }
    )
)
