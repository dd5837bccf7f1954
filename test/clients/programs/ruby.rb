# Ruby's own HTTP client. The environment contains the credentials and the way to the emulator.
require "json"
require "net/http"

ACCOUNT = ENV.fetch("TWILIO_ACCOUNT_SID")
SID = "RE00000000000000000000000000000005"

def ask(path, method: Net::HTTP::Get, token: ENV.fetch("TWILIO_AUTH_TOKEN"))
  url = URI("https://api.twilio.com/2010-04-01/Accounts/#{ACCOUNT}/Recordings#{path}")
  request = method.new(url)
  request.basic_auth(ACCOUNT, token)
  Net::HTTP.start(url.host, url.port, use_ssl: true) { |http| http.request(request) }
end

def value(key, path)
  JSON.parse(ask(path).body).fetch(key)
end

def refusal(answer)
  error = JSON.parse(answer.body)
  "#{error["status"]} #{error["code"]}"
end

puts JSON.generate(
  listed: value("recordings", ".json").length,
  fetched: value("status", "/#{SID}.json"),
  removed: ask("/#{SID}.json", method: Net::HTTP::Delete).code == "204",
  missing: refusal(ask("/#{SID}.json")),
  deleted: value("status", "/#{SID}.json?IncludeSoftDeleted=true"),
  unknown: refusal(ask("/RE#{"f" * 32}.json")),
  unauthorized: refusal(ask("/#{SID}.json", token: "wrong")),
)
