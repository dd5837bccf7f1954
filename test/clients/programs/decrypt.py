# Twilio's recipe for encrypted recordings (https://www.twilio.com/docs/voice/tutorials/voice-recording-encryption), with the
# cryptography library. The argument is the private key's file.
import base64
import json
import os
import sys
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

account = os.environ["TWILIO_ACCOUNT_SID"]
credentials = base64.b64encode(f"{account}:{os.environ['TWILIO_AUTH_TOKEN']}".encode()).decode()
url = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/RE00000000000000000000000000000009"


def get(address):
    return urllib.request.urlopen(urllib.request.Request(address, headers={"Authorization": f"Basic {credentials}"})).read()


recording = json.loads(get(f"{url}.json"))
details = recording["encryption_details"]
with open(sys.argv[1], "rb") as file:
    private_key = serialization.load_pem_private_key(file.read(), password=None)
key = private_key.decrypt(
    base64.b64decode(details["encryption_cek"]),
    padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None),
)
wav = AESGCM(key).decrypt(base64.b64decode(details["encryption_iv"]), get(recording["media_url"]), None)
sys.stdout.buffer.write(wav)
