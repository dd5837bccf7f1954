"""A program that stores recordings when they are completed, and its suite.

Runs against an emulator at an address: EMULATOR_URL=http://localhost:2010 python3 -m unittest receiver_flask
"""

import json
import os
import threading
import unittest
from urllib.request import Request, urlopen

import requests
from flask import Flask, abort, request
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import make_server

URL = os.environ.get("EMULATOR_URL", "http://localhost:2010")
ACCOUNT = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
TOKEN = "0123456789abcdef0123456789abcdef"


def create_program(client, stored):
    """The program: checks the signature, downloads the recording and deletes it."""
    program = Flask(__name__)
    validator = RequestValidator(TOKEN)

    @program.post("/recorded")
    def recorded():
        if not validator.validate(request.url, request.form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        sid = request.form["RecordingSid"]
        media = requests.get(request.form["RecordingUrl"] + ".wav", auth=(ACCOUNT, TOKEN))
        stored[sid] = media.content
        client.recordings(sid).delete()
        return "", 204

    return program


def steer(path, body):
    """Calls the control API."""
    answer = urlopen(Request(f"{URL}/_emulator{path}", json.dumps(body).encode(), method="POST")).read()
    return json.loads(answer or "null")


class ReceiverTest(unittest.TestCase):
    def setUp(self):
        steer("/reset", {})
        steer("/clock", {"frozen": True})
        self.client = Client(ACCOUNT, TOKEN)
        self.client.api.base_url = URL
        self.stored = {}
        # Threads: the program calls the emulator while it handles a callback.
        server = make_server("127.0.0.1", 0, create_program(self.client, self.stored), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        self.client.calls.create(
            to="+14155551212",
            from_="+12025550100",
            url="https://example.com/voice.xml",
            record=True,
            recording_status_callback=f"http://127.0.0.1:{server.server_port}/recorded",
        )

    def test_recorded_call(self):
        """Recorded call: its recording is stored, and deleted at Twilio."""
        callbacks = steer("/clock", {"advance": "PT1H"})["callbacks"]
        self.assertEqual(callbacks, {"delivered": 1, "failed": 0, "refused": 0, "dropped": 0})
        [(sid, media)] = self.stored.items()
        self.assertEqual(media[:4], b"RIFF")
        with self.assertRaises(TwilioRestException) as missing:
            self.client.recordings(sid).fetch()
        self.assertEqual(missing.exception.status, 404)

    def test_bad_signature(self):
        """Callback with a bad signature: 403, nothing is stored."""
        steer("/callback-faults", {"fault": "bad-signature"})
        self.assertEqual(steer("/clock", {"advance": "PT1H"})["callbacks"]["failed"], 1)
        self.assertEqual(self.stored, {})


if __name__ == "__main__":
    unittest.main()
