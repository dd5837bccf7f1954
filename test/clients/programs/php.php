<?php
// PHP's curl extension, which Twilio's library uses. The environment contains the credentials and the
// way to the emulator.

const SID = "RE00000000000000000000000000000005";

function ask(string $path, string $method = "GET", ?string $token = null): array
{
    $account = getenv("TWILIO_ACCOUNT_SID");
    $curl = curl_init("https://api.twilio.com/2010-04-01/Accounts/$account/Recordings$path");
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_USERPWD => "$account:" . ($token ?? getenv("TWILIO_AUTH_TOKEN")),
    ]);
    $body = curl_exec($curl);
    if ($body === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), json_decode($body, true)];
}

function refusal(array $answer): string
{
    return "{$answer[1]["status"]} {$answer[1]["code"]}";
}

echo json_encode([
    "listed" => count(ask(".json")[1]["recordings"]),
    "fetched" => ask("/" . SID . ".json")[1]["status"],
    "removed" => ask("/" . SID . ".json", "DELETE")[0] === 204,
    "missing" => refusal(ask("/" . SID . ".json")),
    "deleted" => ask("/" . SID . ".json?IncludeSoftDeleted=true")[1]["status"],
    "unknown" => refusal(ask("/RE" . str_repeat("f", 32) . ".json")),
    "unauthorized" => refusal(ask("/" . SID . ".json", "GET", "wrong")),
]);
