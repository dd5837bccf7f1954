# Python's HTTP clients: the status of the account with each. The environment contains the credentials and the way to the emulator.
import asyncio
import base64
import json
import os
import urllib.request

import aiohttp
import httpx
import requests

credentials = (os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
url = f"https://api.twilio.com/2010-04-01/Accounts/{credentials[0]}.json"


def with_urllib():
    basic = base64.b64encode(":".join(credentials).encode()).decode()
    return urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Basic {basic}"})).status


async def with_aiohttp():
    async with aiohttp.ClientSession(trust_env=True, auth=aiohttp.BasicAuth(*credentials)) as session:
        async with session.get(url) as answer:
            return answer.status


print(
    json.dumps(
        {
            "requests": requests.get(url, auth=credentials).status_code,
            "httpx": httpx.get(url, auth=credentials).status_code,
            "urllib": with_urllib(),
            "aiohttp": asyncio.run(with_aiohttp()),
        }
    )
)
