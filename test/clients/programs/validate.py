"""Prints for each request of a JSON file whether the official validator accepts it."""

import json
import sys

from twilio.request_validator import RequestValidator

with open(sys.argv[1], encoding="utf-8") as file:
    requests = json.load(file)
print(
    json.dumps(
        [
            RequestValidator(request["token"]).validate(request["url"], request["form"], request["signature"])
            for request in requests
        ]
    )
)
