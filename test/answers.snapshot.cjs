/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /2010-04-01/Accounts/AC1/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ00077eff20ccc3894d65aacbffc11e85
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 207
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/AC1/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /2010-04-01/Accounts/AC99999999999999999999999999999999/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ2591cb4f3c7053c017a3809065865081
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/AC99999999999999999999999999999999/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/a%2Fb%20%C3%A4%22.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 212
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/a/b ä\\".json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json?IncludeSoftDeleted= 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1044
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json?IncludeSoftDeleted=%22%C3%A4 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 174
Connection: close

{"code":20001,"message":"Invalid value '\\"ä' for parameter 'IncludeSoftDeleted': expected true or false","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json?IncludeSoftDeleted=yes 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 173
Connection: close

{"code":20001,"message":"Invalid value 'yes' for parameter 'IncludeSoftDeleted': expected true or false","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000007.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000007.json?IncludeSoftDeleted=false 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000008.json?IncludeSoftDeleted=true 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000008.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000013.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000013.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000099.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000099.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000099.xml 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 363
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000099.xml was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/RE1.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 207
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE1.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > GET /Recordings/reaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/reaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > PATCH /Recordings/RE00000000000000000000000000000005.xml 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/xml
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 256
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20004</Code><Message>The requested method is not allowed</Message><MoreInfo>https://www.twilio.com/docs/errors/20004</MoreInfo><Status>405</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > POST /Recordings/RE00000000000000000000000000000005.json 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

{"code":20004,"message":"The requested method is not allowed","more_info":"https://www.twilio.com/docs/errors/20004","status":405}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > PROPFIND /Recordings/RE00000000000000000000000000000005.json 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ6ac1f425ff4780ebb8672f8ceebc1448
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

{"code":20004,"message":"The requested method is not allowed","more_info":"https://www.twilio.com/docs/errors/20004","status":405}
`

exports[`test/answers.test.ts > TAP > a recording refused: the recorded answers, byte for byte > PUT /Recordings/RE00000000000000000000000000000005 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/xml
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 256
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20004</Code><Message>The requested method is not allowed</Message><MoreInfo>https://www.twilio.com/docs/errors/20004</MoreInfo><Status>405</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json {"authorization":"Basic QUNiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYjpmZWRjYmE5ODc2NTQzMjEwZmVkY2JhOTg3NjU0MzIxMA=="} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ2ed6d3d2675df3bd6f3fc9322b2b097e
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1043
Connection: close

{"account_sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000013","conference_sid":null,"date_created":"Sat, 24 Jan 2026 12:00:00 +0000","date_updated":"Sat, 24 Jan 2026 12:00:08 +0000","start_time":"Sat, 24 Jan 2026 12:00:00 +0000","duration":"8","sid":"RE00000000000000000000000000000013","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json {"authorization":"Basic U0thYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NQ=="} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ47948feace90a6debd8486cfa46f0f33
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1043
Connection: close

{"account_sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000013","conference_sid":null,"date_created":"Sat, 24 Jan 2026 12:00:00 +0000","date_updated":"Sat, 24 Jan 2026 12:00:08 +0000","start_time":"Sat, 24 Jan 2026 12:00:00 +0000","duration":"8","sid":"RE00000000000000000000000000000013","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQbbe95d4fa1fb646c455d6e029d59044f
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1043
Connection: close

{"account_sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000013","conference_sid":null,"date_created":"Sat, 24 Jan 2026 12:00:00 +0000","date_updated":"Sat, 24 Jan 2026 12:00:08 +0000","start_time":"Sat, 24 Jan 2026 12:00:00 +0000","duration":"8","sid":"RE00000000000000000000000000000013","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000001.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1050
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000001","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:58:00 +0000","date_updated":"Sat, 31 Jan 2026 11:58:00 +0000","start_time":"Sat, 31 Jan 2026 11:58:00 +0000","duration":null,"sid":"RE00000000000000000000000000000001","price":null,"price_unit":null,"status":"in-progress","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000004.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1037
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000004","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:55:00 +0000","date_updated":"Sat, 31 Jan 2026 11:55:10 +0000","start_time":"Sat, 31 Jan 2026 11:55:00 +0000","duration":null,"sid":"RE00000000000000000000000000000004","price":null,"price_unit":"USD","status":"processing","channels":1,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1044
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000006.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1035
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000006","conference_sid":null,"date_created":"Thu, 29 Jan 2026 12:00:00 +0000","date_updated":"Thu, 29 Jan 2026 12:00:00 +0000","start_time":"Thu, 29 Jan 2026 12:00:00 +0000","duration":"0","sid":"RE00000000000000000000000000000006","price":null,"price_unit":"USD","status":"absent","channels":1,"source":"RecordVerb","error_code":16101,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000007.json?IncludeSoftDeleted=true 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7908c532eae886b8a703b31d8086d480
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1042
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000007","conference_sid":null,"date_created":"Sun, 11 Jan 2026 12:00:00 +0000","date_updated":"Sun, 11 Jan 2026 12:00:30 +0000","start_time":"Sun, 11 Jan 2026 12:00:00 +0000","duration":"30","sid":"RE00000000000000000000000000000007","price":"-0.00250","price_unit":"USD","status":"deleted","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000007.xml?IncludeSoftDeleted=TRUE 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQb9681879a228b961be73ae6f66b1da5c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1232
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000007</CallSid><ConferenceSid/><DateCreated>Sun, 11 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sun, 11 Jan 2026 12:00:30 +0000</DateUpdated><StartTime>Sun, 11 Jan 2026 12:00:00 +0000</StartTime><Duration>30</Duration><Sid>RE00000000000000000000000000000007</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>deleted</Status><Channels>1</Channels><Source>RecordVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007</MediaUrl></Recording></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000009.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1502
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000009","conference_sid":null,"date_created":"Wed, 28 Jan 2026 12:00:00 +0000","date_updated":"Wed, 28 Jan 2026 12:00:05 +0000","start_time":"Wed, 28 Jan 2026 12:00:00 +0000","duration":"5","sid":"RE00000000000000000000000000000009","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"Trunking","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009.json","encryption_details":{"encryption_public_key_sid":"CR00000000000000000000000000000001","encryption_cek":"BxdA9knvi+9AUSKi9z+sfx2O0wRmHs1m2V92suaJ5sz8OW7nV0f/UE+pp4e58zvcDIGjUjQBlc2ET/g8Ad1BRhmeQV0JYxGIytdEiIzOTYRs0KD8v9PkpRtg1skbNy5DSLFo6UerLUZN9dDgLOvBrLT/iwpvCBGt6gyA1IWtFBlk+lz3WM7UwZp0pvGHoQd99Q3YEpP43A4fb+kGKyxmTen1S5vQShfqED+sf/o23+De5K1uBTteO6b3g9KOnLyvEYAmXLpHEGhAA4H/JE9LkfLVLAj4GcYQZ+f62n7u29BqSaV6lJFz+XbcGB325upczy0uALNk4LXtiIyUoqZPCw==","encryption_iv":"WAjEGvBw9fG9uTYr"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000009.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1753
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000009</CallSid><ConferenceSid/><DateCreated>Wed, 28 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Wed, 28 Jan 2026 12:00:05 +0000</DateUpdated><StartTime>Wed, 28 Jan 2026 12:00:00 +0000</StartTime><Duration>5</Duration><Sid>RE00000000000000000000000000000009</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>Trunking</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009</Uri><EncryptionDetails><EncryptionPublicKeySid>CR00000000000000000000000000000001</EncryptionPublicKeySid><EncryptionCek>BxdA9knvi+9AUSKi9z+sfx2O0wRmHs1m2V92suaJ5sz8OW7nV0f/UE+pp4e58zvcDIGjUjQBlc2ET/g8Ad1BRhmeQV0JYxGIytdEiIzOTYRs0KD8v9PkpRtg1skbNy5DSLFo6UerLUZN9dDgLOvBrLT/iwpvCBGt6gyA1IWtFBlk+lz3WM7UwZp0pvGHoQd99Q3YEpP43A4fb+kGKyxmTen1S5vQShfqED+sf/o23+De5K1uBTteO6b3g9KOnLyvEYAmXLpHEGhAA4H/JE9LkfLVLAj4GcYQZ+f62n7u29BqSaV6lJFz+XbcGB325upczy0uALNk4LXtiIyUoqZPCw==</EncryptionCek><EncryptionIv>WAjEGvBw9fG9uTYr</EncryptionIv></EncryptionDetails><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009</MediaUrl></Recording></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1042
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000010","conference_sid":null,"date_created":"Tue, 27 Jan 2026 12:00:00 +0000","date_updated":"Tue, 27 Jan 2026 12:00:20 +0000","start_time":"Tue, 27 Jan 2026 12:00:00 +0000","duration":"20","sid":"RE00000000000000000000000000000010","price":"-0.00250","price_unit":"USD","status":"completed","channels":2,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000011.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1055
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000011","conference_sid":"CF00000000000000000000000000000011","date_created":"Mon, 26 Jan 2026 12:00:00 +0000","date_updated":"Mon, 26 Jan 2026 12:02:10 +0000","start_time":"Mon, 26 Jan 2026 12:00:00 +0000","duration":"130","sid":"RE00000000000000000000000000000011","price":"-0.00750","price_unit":"USD","status":"completed","channels":1,"source":"Conference","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/Transcriptions.json"},"media_url":"https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json {"content-type":"application/json","content-length":"0"} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa7c94461854f433997f90430a4f92c42
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1553
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json {"host":""} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1554
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://<address>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json {"host":"api.twilio.com"} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Strict-Transport-Security: max-age=31536000
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1553
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://api.twilio.com/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1553
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/REAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.json?Unknown=1 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1553
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1821
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</CallSid><ConferenceSid>CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</ConferenceSid><DateCreated>Fri, 14 Oct 2016 21:56:34 +0000</DateCreated><DateUpdated>Fri, 14 Oct 2016 21:56:38 +0000</DateUpdated><StartTime>Fri, 14 Oct 2016 21:56:34 +0000</StartTime><Duration>4</Duration><Sid>REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>StartConferenceRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri><EncryptionDetails><EncryptionPublicKeySid>CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</EncryptionPublicKeySid><EncryptionCek>OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==</EncryptionCek><EncryptionIv>8I2hhNIYNTrwxfHk</EncryptionIv></EncryptionDetails><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</MediaUrl></Recording></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > GET http://api.twilio.com/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ243fa2ae8601c6ce5c244ff4a63b4c59
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Strict-Transport-Security: max-age=31536000
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1553
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://api.twilio.com/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > HEAD /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1553
Connection: close


`

exports[`test/answers.test.ts > TAP > a recording: the recorded answers, byte for byte > HEAD /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1821
Connection: close


`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 5003
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Accounts firstpageuri="/2010-04-01/Accounts?PageSize=50&amp;Page=0" end="1" previouspageuri="" uri="/2010-04-01/Accounts?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Account><AuthToken>fedcba9876543210fedcba9876543210</AuthToken><DateCreated>Sat, 31 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 12:00:00 +0000</DateUpdated><FriendlyName>Subaccount</FriendlyName><OwnerAccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</OwnerAccountSid><Sid>ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</Sid><Status>active</Status><SubresourceUris><AvailablePhoneNumbers>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers</AvailablePhoneNumbers><Calls>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls</Calls><Conferences>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences</Conferences><IncomingPhoneNumbers>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers</IncomingPhoneNumbers><Notifications>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications</Notifications><OutgoingCallerIds>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds</OutgoingCallerIds><Recordings>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings</Recordings><Transcriptions>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions</Transcriptions><Addresses>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses</Addresses><SigningKeys>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys</SigningKeys><ConnectApps>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps</ConnectApps><Sip>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP</Sip><AuthorizedConnectApps>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps</AuthorizedConnectApps><Usage>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage</Usage><Keys>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys</Keys><Applications>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications</Applications><ShortCodes>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes</ShortCodes><Queues>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues</Queues><Messages>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages</Messages><Balance>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance</Balance></SubresourceUris><Type>Full</Type><Uri>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</Uri></Account><Account><AuthToken>0123456789abcdef0123456789abcdef</AuthToken><DateCreated>Sat, 31 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 12:00:00 +0000</DateUpdated><FriendlyName>Main account</FriendlyName><OwnerAccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</OwnerAccountSid><Sid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Status>active</Status><SubresourceUris><AvailablePhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers</AvailablePhoneNumbers><Calls>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls</Calls><Conferences>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences</Conferences><IncomingPhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers</IncomingPhoneNumbers><Notifications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications</Notifications><OutgoingCallerIds>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds</OutgoingCallerIds><Recordings>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings</Recordings><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions><Addresses>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses</Addresses><SigningKeys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys</SigningKeys><ConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps</ConnectApps><Sip>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP</Sip><AuthorizedConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps</AuthorizedConnectApps><Usage>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage</Usage><Keys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys</Keys><Applications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications</Applications><ShortCodes>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes</ShortCodes><Queues>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues</Queues><Messages>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages</Messages><Balance>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance</Balance></SubresourceUris><Type>Full</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri></Account></Accounts></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.csv 1`] = `
HTTP/1.1 200 OK
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 4361
Connection: close

AuthToken,DateCreated,DateUpdated,FriendlyName,OwnerAccountSid,Sid,Status,SubresourceUris,Type,Uri
fedcba9876543210fedcba9876543210,"Sat, 31 Jan 2026 12:00:00 +0000","Sat, 31 Jan 2026 12:00:00 +0000",Subaccount,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,active,"{""available_phone_numbers"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers.json"",""calls"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls.json"",""conferences"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences.json"",""incoming_phone_numbers"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers.json"",""notifications"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications.json"",""outgoing_caller_ids"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds.json"",""recordings"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json"",""transcriptions"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions.json"",""addresses"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses.json"",""signing_keys"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys.json"",""connect_apps"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps.json"",""sip"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP.json"",""authorized_connect_apps"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps.json"",""usage"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage.json"",""keys"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys.json"",""applications"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications.json"",""short_codes"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes.json"",""queues"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues.json"",""messages"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages.json"",""balance"":""/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance.json""}",Full,/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json
0123456789abcdef0123456789abcdef,"Sat, 31 Jan 2026 12:00:00 +0000","Sat, 31 Jan 2026 12:00:00 +0000",Main account,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,active,"{""available_phone_numbers"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers.json"",""calls"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json"",""conferences"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences.json"",""incoming_phone_numbers"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json"",""notifications"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications.json"",""outgoing_caller_ids"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds.json"",""recordings"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json"",""transcriptions"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"",""addresses"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses.json"",""signing_keys"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys.json"",""connect_apps"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps.json"",""sip"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP.json"",""authorized_connect_apps"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps.json"",""usage"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage.json"",""keys"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys.json"",""applications"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications.json"",""short_codes"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes.json"",""queues"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues.json"",""messages"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json"",""balance"":""/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance.json""}",Full,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json

`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.json {"authorization":"Basic QUNiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYjpmZWRjYmE5ODc2NTQzMjEwZmVkY2JhOTg3NjU0MzIxMA=="} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ2ed6d3d2675df3bd6f3fc9322b2b097e
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2409
Connection: close

{"first_page_uri":"/2010-04-01/Accounts.json?PageSize=50&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts.json?PageSize=50&Page=0","page_size":50,"start":0,"accounts":[{"auth_token":"fedcba9876543210fedcba9876543210","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Subaccount","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls.json","conferences":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps.json","sip":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage.json","keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys.json","applications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications.json","short_codes":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues.json","messages":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages.json","balance":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 4601
Connection: close

{"first_page_uri":"/2010-04-01/Accounts.json?PageSize=50&Page=0","end":1,"previous_page_uri":null,"uri":"/2010-04-01/Accounts.json?PageSize=50&Page=0","page_size":50,"start":0,"accounts":[{"auth_token":"fedcba9876543210fedcba9876543210","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Subaccount","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls.json","conferences":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps.json","sip":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage.json","keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys.json","applications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications.json","short_codes":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues.json","messages":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages.json","balance":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json"},{"auth_token":"0123456789abcdef0123456789abcdef","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Main account","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json","conferences":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps.json","sip":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage.json","keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys.json","applications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications.json","short_codes":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues.json","messages":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json","balance":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.json?FriendlyName=Main%20account&Status=active&PageSize=1 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2488
Connection: close

{"first_page_uri":"/2010-04-01/Accounts.json?FriendlyName=Main+account&Status=active&PageSize=1&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts.json?FriendlyName=Main+account&Status=active&PageSize=1&Page=0","page_size":1,"start":0,"accounts":[{"auth_token":"0123456789abcdef0123456789abcdef","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Main account","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json","conferences":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps.json","sip":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage.json","keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys.json","applications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications.json","short_codes":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues.json","messages":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json","balance":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.json?PageSize=1&Page=1&PageToken=PAACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2543
Connection: close

{"first_page_uri":"/2010-04-01/Accounts.json?PageSize=1&Page=0","end":1,"previous_page_uri":"/2010-04-01/Accounts.json?PageSize=1&Page=0&PageToken=PBACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","uri":"/2010-04-01/Accounts.json?PageSize=1&Page=1&PageToken=PAACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","page_size":1,"start":1,"accounts":[{"auth_token":"0123456789abcdef0123456789abcdef","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Main account","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json","conferences":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps.json","sip":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage.json","keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys.json","applications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications.json","short_codes":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues.json","messages":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json","balance":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"}],"next_page_uri":null,"page":1}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.json?Status=open 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 181
Connection: close

{"code":20001,"message":"Invalid value 'open' for parameter 'Status': expected one of active, suspended, closed","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 5011
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Accounts firstpageuri="/2010-04-01/Accounts.xml?PageSize=50&amp;Page=0" end="1" previouspageuri="" uri="/2010-04-01/Accounts.xml?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Account><AuthToken>fedcba9876543210fedcba9876543210</AuthToken><DateCreated>Sat, 31 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 12:00:00 +0000</DateUpdated><FriendlyName>Subaccount</FriendlyName><OwnerAccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</OwnerAccountSid><Sid>ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</Sid><Status>active</Status><SubresourceUris><AvailablePhoneNumbers>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers</AvailablePhoneNumbers><Calls>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls</Calls><Conferences>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences</Conferences><IncomingPhoneNumbers>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers</IncomingPhoneNumbers><Notifications>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications</Notifications><OutgoingCallerIds>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds</OutgoingCallerIds><Recordings>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings</Recordings><Transcriptions>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions</Transcriptions><Addresses>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses</Addresses><SigningKeys>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys</SigningKeys><ConnectApps>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps</ConnectApps><Sip>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP</Sip><AuthorizedConnectApps>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps</AuthorizedConnectApps><Usage>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage</Usage><Keys>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys</Keys><Applications>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications</Applications><ShortCodes>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes</ShortCodes><Queues>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues</Queues><Messages>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages</Messages><Balance>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance</Balance></SubresourceUris><Type>Full</Type><Uri>/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</Uri></Account><Account><AuthToken>0123456789abcdef0123456789abcdef</AuthToken><DateCreated>Sat, 31 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 12:00:00 +0000</DateUpdated><FriendlyName>Main account</FriendlyName><OwnerAccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</OwnerAccountSid><Sid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Status>active</Status><SubresourceUris><AvailablePhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers</AvailablePhoneNumbers><Calls>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls</Calls><Conferences>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences</Conferences><IncomingPhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers</IncomingPhoneNumbers><Notifications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications</Notifications><OutgoingCallerIds>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds</OutgoingCallerIds><Recordings>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings</Recordings><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions><Addresses>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses</Addresses><SigningKeys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys</SigningKeys><ConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps</ConnectApps><Sip>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP</Sip><AuthorizedConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps</AuthorizedConnectApps><Usage>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage</Usage><Keys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys</Keys><Applications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications</Applications><ShortCodes>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes</ShortCodes><Queues>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues</Queues><Messages>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages</Messages><Balance>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance</Balance></SubresourceUris><Type>Full</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri></Account></Accounts></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/AC99999999999999999999999999999999.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ2591cb4f3c7053c017a3809065865081
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 192
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/AC99999999999999999999999999999999.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2436
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Account><AuthToken>0123456789abcdef0123456789abcdef</AuthToken><DateCreated>Sat, 31 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 12:00:00 +0000</DateUpdated><FriendlyName>Main account</FriendlyName><OwnerAccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</OwnerAccountSid><Sid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Status>active</Status><SubresourceUris><AvailablePhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers</AvailablePhoneNumbers><Calls>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls</Calls><Conferences>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences</Conferences><IncomingPhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers</IncomingPhoneNumbers><Notifications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications</Notifications><OutgoingCallerIds>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds</OutgoingCallerIds><Recordings>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings</Recordings><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions><Addresses>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses</Addresses><SigningKeys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys</SigningKeys><ConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps</ConnectApps><Sip>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP</Sip><AuthorizedConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps</AuthorizedConnectApps><Usage>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage</Usage><Keys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys</Keys><Applications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications</Applications><ShortCodes>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes</ShortCodes><Queues>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues</Queues><Messages>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages</Messages><Balance>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance</Balance></SubresourceUris><Type>Full</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri></Account></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.csv 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ6ac1f425ff4780ebb8672f8ceebc1448
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 177
Connection: close

Code,Message,MoreInfo,Status
20404,The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.csv was not found,https://www.twilio.com/docs/errors/20404,404

`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json {"authorization":""} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ2faebfcc634e1e475876aaedab7479fc
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 141
Connection: close

{"code":20003,"message":"Authentication Error - No credentials provided","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json {"authorization":"Basic QUNiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYjpmZWRjYmE5ODc2NTQzMjEwZmVkY2JhOTg3NjU0MzIxMA=="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ00077eff20ccc3894d65aacbffc11e85
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 107
Connection: close

{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json {"authorization":"Basic U0thYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NQ=="} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2191
Connection: close

{"auth_token":"0123456789abcdef0123456789abcdef","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Main account","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json","conferences":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps.json","sip":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage.json","keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys.json","applications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications.json","short_codes":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues.json","messages":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json","balance":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2191
Connection: close

{"auth_token":"0123456789abcdef0123456789abcdef","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Main account","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json","conferences":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps.json","sip":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage.json","keys":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys.json","applications":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications.json","short_codes":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues.json","messages":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json","balance":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2436
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Account><AuthToken>0123456789abcdef0123456789abcdef</AuthToken><DateCreated>Sat, 31 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 12:00:00 +0000</DateUpdated><FriendlyName>Main account</FriendlyName><OwnerAccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</OwnerAccountSid><Sid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Status>active</Status><SubresourceUris><AvailablePhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AvailablePhoneNumbers</AvailablePhoneNumbers><Calls>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls</Calls><Conferences>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences</Conferences><IncomingPhoneNumbers>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/IncomingPhoneNumbers</IncomingPhoneNumbers><Notifications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Notifications</Notifications><OutgoingCallerIds>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/OutgoingCallerIds</OutgoingCallerIds><Recordings>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings</Recordings><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions><Addresses>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Addresses</Addresses><SigningKeys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SigningKeys</SigningKeys><ConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConnectApps</ConnectApps><Sip>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SIP</Sip><AuthorizedConnectApps>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AuthorizedConnectApps</AuthorizedConnectApps><Usage>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Usage</Usage><Keys>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Keys</Keys><Applications>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Applications</Applications><ShortCodes>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/SMS/ShortCodes</ShortCodes><Queues>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Queues</Queues><Messages>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages</Messages><Balance>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Balance</Balance></SubresourceUris><Type>Full</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri></Account></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json {"authorization":"Basic QUNiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYjpmZWRjYmE5ODc2NTQzMjEwZmVkY2JhOTg3NjU0MzIxMA=="} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ47948feace90a6debd8486cfa46f0f33
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2189
Connection: close

{"auth_token":"fedcba9876543210fedcba9876543210","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Subaccount","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls.json","conferences":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps.json","sip":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage.json","keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys.json","applications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications.json","short_codes":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues.json","messages":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages.json","balance":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json"}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQbbe95d4fa1fb646c455d6e029d59044f
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2189
Connection: close

{"auth_token":"fedcba9876543210fedcba9876543210","date_created":"Sat, 31 Jan 2026 12:00:00 +0000","date_updated":"Sat, 31 Jan 2026 12:00:00 +0000","friendly_name":"Subaccount","owner_account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","status":"active","subresource_uris":{"available_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AvailablePhoneNumbers.json","calls":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Calls.json","conferences":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Conferences.json","incoming_phone_numbers":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/IncomingPhoneNumbers.json","notifications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Notifications.json","outgoing_caller_ids":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/OutgoingCallerIds.json","recordings":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Transcriptions.json","addresses":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Addresses.json","signing_keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SigningKeys.json","connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/ConnectApps.json","sip":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SIP.json","authorized_connect_apps":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/AuthorizedConnectApps.json","usage":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Usage.json","keys":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Keys.json","applications":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Applications.json","short_codes":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/SMS/ShortCodes.json","queues":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Queues.json","messages":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Messages.json","balance":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Balance.json"},"type":"Full","uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json"}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > HEAD /2010-04-01/Accounts.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 4601
Connection: close


`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > HEAD /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2191
Connection: close


`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > POST /2010-04-01/Accounts.json 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

{"code":20004,"message":"The requested method is not allowed","more_info":"https://www.twilio.com/docs/errors/20004","status":405}
`

exports[`test/answers.test.ts > TAP > accounts: the recorded answers, byte for byte > POST /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

{"code":20004,"message":"The requested method is not allowed","more_info":"https://www.twilio.com/docs/errors/20004","status":405}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQ29f43e02902fa34c62a9c6fe87526d0e
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001.json 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQ07e8ab72b5f2ce8aec9ef68a96296a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001 {"authorization":""} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 78
Connection: close

{"status":"successful","results":[{"keyword":"front desk","confidence":0.93}]}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH1 {"authorization":""} 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ243fa2ae8601c6ce5c244ff4a63b4c59
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 306
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH1 was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1925
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><AddOnResults firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults?PageSize=50&amp;Page=0" end="1" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><AddOnResult><Sid>XR00000000000000000000000000000002</Sid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Status>in-progress</Status><AddOnSid>XB00000000000000000000000000000002</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000002</AddOnConfigurationSid><DateCreated>Sat, 31 Jan 2026 11:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:00:00 +0000</DateUpdated><DateCompleted/><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Payloads>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000002/Payloads</Payloads></SubresourceUris></AddOnResult><AddOnResult><Sid>XR00000000000000000000000000000001</Sid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Status>completed</Status><AddOnSid>XB00000000000000000000000000000001</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000001</AddOnConfigurationSid><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><DateCompleted>Fri, 30 Jan 2026 12:00:00 +0000</DateCompleted><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Payloads>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads</Payloads></SubresourceUris></AddOnResult></AddOnResults></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults.csv 1`] = `
HTTP/1.1 200 OK
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 647
Connection: close

Sid,AccountSid,Status,AddOnSid,AddOnConfigurationSid,DateCreated,DateUpdated,DateCompleted,ReferenceSid
XR00000000000000000000000000000002,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,in-progress,XB00000000000000000000000000000002,XE00000000000000000000000000000002,"Sat, 31 Jan 2026 11:00:00 +0000","Sat, 31 Jan 2026 11:00:00 +0000",,RE00000000000000000000000000000005
XR00000000000000000000000000000001,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,completed,XB00000000000000000000000000000001,XE00000000000000000000000000000001,"Fri, 30 Jan 2026 12:00:00 +0000","Fri, 30 Jan 2026 12:00:00 +0000","Fri, 30 Jan 2026 12:00:00 +0000",RE00000000000000000000000000000005

`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1648
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json?PageSize=50&Page=0","end":1,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json?PageSize=50&Page=0","page_size":50,"start":0,"add_on_results":[{"sid":"XR00000000000000000000000000000002","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"in-progress","add_on_sid":"XB00000000000000000000000000000002","add_on_configuration_sid":"XE00000000000000000000000000000002","date_created":"Sat, 31 Jan 2026 11:00:00 +0000","date_updated":"Sat, 31 Jan 2026 11:00:00 +0000","date_completed":null,"reference_sid":"RE00000000000000000000000000000005","subresource_uris":{"payloads":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000002/Payloads.json"}},{"sid":"XR00000000000000000000000000000001","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"completed","add_on_sid":"XB00000000000000000000000000000001","add_on_configuration_sid":"XE00000000000000000000000000000001","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","date_completed":"Fri, 30 Jan 2026 12:00:00 +0000","reference_sid":"RE00000000000000000000000000000005","subresource_uris":{"payloads":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json"}}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1933
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><AddOnResults firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.xml?PageSize=50&amp;Page=0" end="1" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.xml?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><AddOnResult><Sid>XR00000000000000000000000000000002</Sid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Status>in-progress</Status><AddOnSid>XB00000000000000000000000000000002</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000002</AddOnConfigurationSid><DateCreated>Sat, 31 Jan 2026 11:00:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:00:00 +0000</DateUpdated><DateCompleted/><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Payloads>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000002/Payloads</Payloads></SubresourceUris></AddOnResult><AddOnResult><Sid>XR00000000000000000000000000000001</Sid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Status>completed</Status><AddOnSid>XB00000000000000000000000000000001</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000001</AddOnConfigurationSid><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><DateCompleted>Fri, 30 Jan 2026 12:00:00 +0000</DateCompleted><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Payloads>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads</Payloads></SubresourceUris></AddOnResult></AddOnResults></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 630
Connection: close

{"sid":"XR00000000000000000000000000000001","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","status":"completed","add_on_sid":"XB00000000000000000000000000000001","add_on_configuration_sid":"XE00000000000000000000000000000001","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","date_completed":"Fri, 30 Jan 2026 12:00:00 +0000","reference_sid":"RE00000000000000000000000000000005","subresource_uris":{"payloads":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json"}}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 820
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><AddOnResult><Sid>XR00000000000000000000000000000001</Sid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Status>completed</Status><AddOnSid>XB00000000000000000000000000000001</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000001</AddOnConfigurationSid><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><DateCompleted>Fri, 30 Jan 2026 12:00:00 +0000</DateCompleted><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Payloads>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads</Payloads></SubresourceUris></AddOnResult></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.csv 1`] = `
HTTP/1.1 200 OK
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 717
Connection: close

Sid,AddOnResultSid,AccountSid,Label,AddOnSid,AddOnConfigurationSid,ContentType,DateCreated,DateUpdated,ReferenceSid
XH00000000000000000000000000000002,XR00000000000000000000000000000001,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,summary,XB00000000000000000000000000000001,XE00000000000000000000000000000001,text/plain,"Fri, 30 Jan 2026 12:00:00 +0000","Fri, 30 Jan 2026 12:00:00 +0000",RE00000000000000000000000000000005
XH00000000000000000000000000000001,XR00000000000000000000000000000001,ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,keywords,XB00000000000000000000000000000001,XE00000000000000000000000000000001,application/json,"Fri, 30 Jan 2026 12:00:00 +0000","Fri, 30 Jan 2026 12:00:00 +0000",RE00000000000000000000000000000005

`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1898
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json?PageSize=50&Page=0","end":1,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json?PageSize=50&Page=0","page_size":50,"start":0,"payloads":[{"sid":"XH00000000000000000000000000000002","add_on_result_sid":"XR00000000000000000000000000000001","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","label":"summary","add_on_sid":"XB00000000000000000000000000000001","add_on_configuration_sid":"XE00000000000000000000000000000001","content_type":"text/plain","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","reference_sid":"RE00000000000000000000000000000005","subresource_uris":{"data":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000002/Data.json"}},{"sid":"XH00000000000000000000000000000001","add_on_result_sid":"XR00000000000000000000000000000001","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","label":"keywords","add_on_sid":"XB00000000000000000000000000000001","add_on_configuration_sid":"XE00000000000000000000000000000001","content_type":"application/json","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","reference_sid":"RE00000000000000000000000000000005","subresource_uris":{"data":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data.json"}}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json 2`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQfa2da75624b84761c1aeaa13092a1f83
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 295
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2188
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Payloads firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.xml?PageSize=50&amp;Page=0" end="1" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads.xml?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Payload><Sid>XH00000000000000000000000000000002</Sid><AddOnResultSid>XR00000000000000000000000000000001</AddOnResultSid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Label>summary</Label><AddOnSid>XB00000000000000000000000000000001</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000001</AddOnConfigurationSid><ContentType>text/plain</ContentType><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Data>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000002/Data</Data></SubresourceUris></Payload><Payload><Sid>XH00000000000000000000000000000001</Sid><AddOnResultSid>XR00000000000000000000000000000001</AddOnResultSid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Label>keywords</Label><AddOnSid>XB00000000000000000000000000000001</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000001</AddOnConfigurationSid><ContentType>application/json</ContentType><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Data>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data</Data></SubresourceUris></Payload></Payloads></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 889
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Payload><Sid>XH00000000000000000000000000000001</Sid><AddOnResultSid>XR00000000000000000000000000000001</AddOnResultSid><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><Label>keywords</Label><AddOnSid>XB00000000000000000000000000000001</AddOnSid><AddOnConfigurationSid>XE00000000000000000000000000000001</AddOnConfigurationSid><ContentType>application/json</ContentType><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><ReferenceSid>RE00000000000000000000000000000005</ReferenceSid><SubresourceUris><Data>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data</Data></SubresourceUris></Payload></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 704
Connection: close

{"sid":"XH00000000000000000000000000000001","add_on_result_sid":"XR00000000000000000000000000000001","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","label":"keywords","add_on_sid":"XB00000000000000000000000000000001","add_on_configuration_sid":"XE00000000000000000000000000000001","content_type":"application/json","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","reference_sid":"RE00000000000000000000000000000005","subresource_uris":{"data":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data.json"}}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data.json 1`] = `
HTTP/1.1 307 Temporary Redirect
Location: http://localhost:2010/_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 118
Connection: close

{"redirect_to":"http://localhost:2010/_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001"}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data.xml 1`] = `
HTTP/1.1 307 Temporary Redirect
Location: http://localhost:2010/_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001
Content-Type: application/xml
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 210
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Data><RedirectTo>http://localhost:2010/_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001</RedirectTo></Data></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH1/Data.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ317504fcb4916ee4033692811aa57eb7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 304
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH1/Data.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults/XR1.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQb9681879a228b961be73ae6f66b1da5c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 255
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults/XR1.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > HEAD /_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001 {"authorization":""} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa7c94461854f433997f90430a4f92c42
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 78
Connection: close


`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > HEAD /Recordings/RE00000000000000000000000000000005/AddOnResults/XR00000000000000000000000000000001/Payloads/XH00000000000000000000000000000001/Data 1`] = `
HTTP/1.1 307 Temporary Redirect
Location: http://localhost:2010/_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001
Content-Type: application/xml
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 210
Connection: close


`

exports[`test/answers.test.ts > TAP > add-on results: the recorded answers, byte for byte > POST /_storage/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/XH00000000000000000000000000000001 {"authorization":""} 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/xml
Twilio-Request-Id: RQ7908c532eae886b8a703b31d8086d480
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 256
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20004</Code><Message>The requested method is not allowed</Message><MoreInfo>https://www.twilio.com/docs/errors/20004</MoreInfo><Status>405</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":""} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ6ac1f425ff4780ebb8672f8ceebc1448
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 141
Connection: close

{"code":20003,"message":"Authentication Error - No credentials provided","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic !"} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ2591cb4f3c7053c017a3809065865081
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 141
Connection: close

{"code":20003,"message":"Authentication Error - No credentials provided","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic IEFDYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE6MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ3456fb8b718620fce0cc4dea3ac5929c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 134
Connection: close

{"code":20003,"message":"Authentication Error - invalid username","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic QUNhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTo="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ65928d86ef7f7d1989efe4b2d8a7d514
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 107
Connection: close

{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic QUNhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTowMTIzNDU2Nzg5QUJDREVGMDEyMzQ1Njc4OUFCQ0RFRg=="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ2faebfcc634e1e475876aaedab7479fc
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 107
Connection: close

{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic QUNhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ6b5054fe5032b165af6a8b928648c9d4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 107
Connection: close

{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic QUNiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYjpmZWRjYmE5ODc2NTQzMjEwZmVkY2JhOTg3NjU0MzIxMA=="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ23f065f7f06aadde32b6c760c7448456
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 107
Connection: close

{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic U0thYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg=="} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ0702df9d88cf598eaba3c232e9f96a44
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 107
Connection: close

{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Basic U0thYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NQ=="} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1044
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json {"authorization":"Bearer x"} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQ00077eff20ccc3894d65aacbffc11e85
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 141
Connection: close

{"code":20003,"message":"Authentication Error - No credentials provided","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.xml {"authorization":""} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/xml
Twilio-Request-Id: RQ6ad47cd7750b5fd78f064be96e4242f1
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 267
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20003</Code><Message>Authentication Error - No credentials provided</Message><MoreInfo>https://www.twilio.com/docs/errors/20003</MoreInfo><Status>401</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > GET /unknown {"authorization":""} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/xml
Twilio-Request-Id: RQ503c913f17c1cb3db13c0e1684a5a539
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 267
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20003</Code><Message>Authentication Error - No credentials provided</Message><MoreInfo>https://www.twilio.com/docs/errors/20003</MoreInfo><Status>401</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > credentials: the recorded answers, byte for byte > PROPFIND /Recordings/RE00000000000000000000000000000005.json {"authorization":""} 1`] = `
HTTP/1.1 401 Unauthorized
X-Twilio-Error-Code: 20003
WWW-Authenticate: Basic realm="Twilio API"
Content-Type: application/json
Twilio-Request-Id: RQccfd988db749d7e9f7dffd89cd818407
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Date: <now>
Content-Length: 141
Connection: close

{"code":20003,"message":"Authentication Error - No credentials provided","more_info":"https://www.twilio.com/docs/errors/20003","status":401}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000001.json 1`] = `
HTTP/1.1 409 Conflict
X-Twilio-Error-Code: 20409
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 171
Connection: close

{"code":20409,"message":"Conflict: only a completed recording can be deleted, this one is in-progress","more_info":"https://www.twilio.com/docs/errors/20409","status":409}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000003.xml 1`] = `
HTTP/1.1 409 Conflict
X-Twilio-Error-Code: 20409
Content-Type: application/xml
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 293
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20409</Code><Message>Conflict: only a completed recording can be deleted, this one is stopped</Message><MoreInfo>https://www.twilio.com/docs/errors/20409</MoreInfo><Status>409</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000004.json 1`] = `
HTTP/1.1 409 Conflict
X-Twilio-Error-Code: 20409
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 170
Connection: close

{"code":20409,"message":"Conflict: only a completed recording can be deleted, this one is processing","more_info":"https://www.twilio.com/docs/errors/20409","status":409}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000005.json 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000005.json 2`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000006.json 1`] = `
HTTP/1.1 409 Conflict
X-Twilio-Error-Code: 20409
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 166
Connection: close

{"code":20409,"message":"Conflict: only a completed recording can be deleted, this one is absent","more_info":"https://www.twilio.com/docs/errors/20409","status":409}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000007.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000010 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000012.xml 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > DELETE /Transcriptions/TR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQa7c94461854f433997f90430a4f92c42
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Recordings.json?IncludeSoftDeleted=true 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 13865
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?IncludeSoftDeleted=true&PageSize=50&Page=0","end":11,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?IncludeSoftDeleted=true&PageSize=50&Page=0","page_size":50,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000001","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:58:00 +0000","date_updated":"Sat, 31 Jan 2026 11:58:00 +0000","start_time":"Sat, 31 Jan 2026 11:58:00 +0000","duration":null,"sid":"RE00000000000000000000000000000001","price":null,"price_unit":null,"status":"in-progress","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000002","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:57:00 +0000","date_updated":"Sat, 31 Jan 2026 11:57:00 +0000","start_time":"Sat, 31 Jan 2026 11:57:00 +0000","duration":null,"sid":"RE00000000000000000000000000000002","price":null,"price_unit":null,"status":"paused","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000004","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:55:00 +0000","date_updated":"Sat, 31 Jan 2026 11:55:10 +0000","start_time":"Sat, 31 Jan 2026 11:55:00 +0000","duration":null,"sid":"RE00000000000000000000000000000004","price":null,"price_unit":"USD","status":"processing","channels":1,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000003","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:42 +0000","start_time":"Sat, 31 Jan 2026 11:50:00 +0000","duration":"42","sid":"RE00000000000000000000000000000003","price":null,"price_unit":"USD","status":"stopped","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"deleted","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000006","conference_sid":null,"date_created":"Thu, 29 Jan 2026 12:00:00 +0000","date_updated":"Thu, 29 Jan 2026 12:00:00 +0000","start_time":"Thu, 29 Jan 2026 12:00:00 +0000","duration":"0","sid":"RE00000000000000000000000000000006","price":null,"price_unit":"USD","status":"absent","channels":1,"source":"RecordVerb","error_code":16101,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000009","conference_sid":null,"date_created":"Wed, 28 Jan 2026 12:00:00 +0000","date_updated":"Wed, 28 Jan 2026 12:00:05 +0000","start_time":"Wed, 28 Jan 2026 12:00:00 +0000","duration":"5","sid":"RE00000000000000000000000000000009","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"Trunking","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009.json","encryption_details":{"encryption_public_key_sid":"CR00000000000000000000000000000001","encryption_cek":"BxdA9knvi+9AUSKi9z+sfx2O0wRmHs1m2V92suaJ5sz8OW7nV0f/UE+pp4e58zvcDIGjUjQBlc2ET/g8Ad1BRhmeQV0JYxGIytdEiIzOTYRs0KD8v9PkpRtg1skbNy5DSLFo6UerLUZN9dDgLOvBrLT/iwpvCBGt6gyA1IWtFBlk+lz3WM7UwZp0pvGHoQd99Q3YEpP43A4fb+kGKyxmTen1S5vQShfqED+sf/o23+De5K1uBTteO6b3g9KOnLyvEYAmXLpHEGhAA4H/JE9LkfLVLAj4GcYQZ+f62n7u29BqSaV6lJFz+XbcGB325upczy0uALNk4LXtiIyUoqZPCw==","encryption_iv":"WAjEGvBw9fG9uTYr"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000010","conference_sid":null,"date_created":"Tue, 27 Jan 2026 12:00:00 +0000","date_updated":"Tue, 27 Jan 2026 12:00:20 +0000","start_time":"Tue, 27 Jan 2026 12:00:00 +0000","duration":"20","sid":"RE00000000000000000000000000000010","price":"-0.00250","price_unit":"USD","status":"deleted","channels":2,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000011","conference_sid":"CF00000000000000000000000000000011","date_created":"Mon, 26 Jan 2026 12:00:00 +0000","date_updated":"Mon, 26 Jan 2026 12:02:10 +0000","start_time":"Mon, 26 Jan 2026 12:00:00 +0000","duration":"130","sid":"RE00000000000000000000000000000011","price":"-0.00750","price_unit":"USD","status":"completed","channels":1,"source":"Conference","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/Transcriptions.json"},"media_url":"https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000012","conference_sid":null,"date_created":"Sun, 25 Jan 2026 12:00:00 +0000","date_updated":"Sun, 25 Jan 2026 12:01:01 +0000","start_time":"Sun, 25 Jan 2026 12:00:00 +0000","duration":"61","sid":"RE00000000000000000000000000000012","price":"-0.00500","price_unit":"USD","status":"deleted","channels":1,"source":"OutboundAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000007","conference_sid":null,"date_created":"Sun, 11 Jan 2026 12:00:00 +0000","date_updated":"Sun, 11 Jan 2026 12:00:30 +0000","start_time":"Sun, 11 Jan 2026 12:00:00 +0000","duration":"30","sid":"RE00000000000000000000000000000007","price":"-0.00250","price_unit":"USD","status":"deleted","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 359
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005 was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 238
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005.json?IncludeSoftDeleted=true 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1042
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"deleted","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/AddOnResults.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 251
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Transcriptions.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7908c532eae886b8a703b31d8086d480
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1893
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json?PageSize=50&Page=0","end":2,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json?PageSize=50&Page=0","page_size":50,"start":0,"transcriptions":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:00 +0000","duration":null,"price":"0.00000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000003","status":"in-progress","transcription_text":null,"type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000003.json"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Fri, 30 Jan 2026 13:00:00 +0000","date_updated":"Fri, 30 Jan 2026 13:00:00 +0000","duration":"10","price":"-0.05000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000002","status":"failed","transcription_text":"(blank)","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000002.json"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Sun, 11 Jan 2026 12:00:00 +0000","date_updated":"Sun, 11 Jan 2026 12:00:00 +0000","duration":"30","price":"-0.05000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000007","sid":"TR00000000000000000000000000000004","status":"completed","transcription_text":"The recording of this one has been deleted.","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000004.json"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 593
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","price":"-0.10000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000001","status":"completed","transcription_text":"Hello, this is a message for the front desk. Please call me back when you have a moment.","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001.json"}
`

exports[`test/answers.test.ts > TAP > deletion: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000001.json 2`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ243fa2ae8601c6ce5c244ff4a63b4c59
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 242
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000004 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQb9681879a228b961be73ae6f66b1da5c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 359
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004 was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005?RequestedChannels=2 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 16113
Content-Type: application/xml
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 276
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>16113</Code><Message>A mono recording cannot be downloaded with two channels</Message><MoreInfo>https://www.twilio.com/docs/errors/16113</MoreInfo><Status>400</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005?RequestedChannels=3 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/xml
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 309
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20001</Code><Message>Invalid value &apos;3&apos; for parameter &apos;RequestedChannels&apos;: expected 1 or 2</Message><MoreInfo>https://www.twilio.com/docs/errors/20001</MoreInfo><Status>400</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000007.wav 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ317504fcb4916ee4033692811aa57eb7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 363
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000007.wav was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000009 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 80060
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

80060 bytes, sha256 45489dd70930aa7b76e2c9203750c2f09d3becd2c2982ecd10e01737ca8f63a9
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000009?RequestedChannels=2 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 160060
Twilio-Request-Id: RQ07e8ab72b5f2ce8aec9ef68a96296a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

160060 bytes, sha256 8f327be090bbbac66d65b7d9b683d28eed7353fe3964d69a7a5997fe364f1b1a
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000009.mp3 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 16109
Content-Type: application/xml
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 271
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>16109</Code><Message>An encrypted recording cannot be downloaded as MP3</Message><MoreInfo>https://www.twilio.com/docs/errors/16109</MoreInfo><Status>400</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000009.wav 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 80060
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

80060 bytes, sha256 45489dd70930aa7b76e2c9203750c2f09d3becd2c2982ecd10e01737ca8f63a9
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 640044
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

640044 bytes, sha256 936cfe9577de18fee3db6c63c4b945eb79c3ac2b1ed6760dd8a745be17c259e6
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010?RequestedChannels=2 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 640044
Twilio-Request-Id: RQ29f43e02902fa34c62a9c6fe87526d0e
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

640044 bytes, sha256 936cfe9577de18fee3db6c63c4b945eb79c3ac2b1ed6760dd8a745be17c259e6
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.mp3 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/mpeg
Accept-Ranges: bytes
Content-Length: 80640
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

80640 bytes, sha256 7a99e88340cc40cff4d976e038f9237143a63192eb53a093bbbe16a14d2b5135
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.mp3?RequestedChannels=1 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/mpeg
Accept-Ranges: bytes
Content-Length: 80640
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

80640 bytes, sha256 6ffc799d1a4dc30efb3e9abcaf63e8fefdf605931dd56d8c4880362490651c1f
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.wav {"range":"bytes=-100"} 1`] = `
HTTP/1.1 206 Partial Content
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 100
Content-Range: bytes 639944-640043/640044
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

100 bytes, sha256 c28de28dfdda9d8d4a38c9d7b526fcbc5d95ac62f3e8fc68f2c0338d14ebcc69
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.wav {"range":"bytes=0-9,20-29"} 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 640044
Twilio-Request-Id: RQa7c94461854f433997f90430a4f92c42
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

640044 bytes, sha256 936cfe9577de18fee3db6c63c4b945eb79c3ac2b1ed6760dd8a745be17c259e6
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.wav {"range":"bytes=0-99"} 1`] = `
HTTP/1.1 206 Partial Content
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 100
Content-Range: bytes 0-99/640044
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

100 bytes, sha256 d4a4d3a2e96fe93b2daf7af4c5b8baa6707910b4e02cd4bc2bfc45e0814d32ee
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.wav {"range":"bytes=99999999-"} 1`] = `
HTTP/1.1 416 Range Not Satisfiable
X-Twilio-Error-Code: 20416
Content-Range: bytes */640044
Content-Type: application/xml
Twilio-Request-Id: RQ243fa2ae8601c6ce5c244ff4a63b4c59
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 287
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20416</Code><Message>The requested range is not satisfiable: the media has 640044 bytes</Message><MoreInfo>https://www.twilio.com/docs/errors/20416</MoreInfo><Status>416</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.wav 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 640044
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

640044 bytes, sha256 936cfe9577de18fee3db6c63c4b945eb79c3ac2b1ed6760dd8a745be17c259e6
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010.wav?RequestedChannels=1 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 320044
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

320044 bytes, sha256 53b86032ecf7875526bf50fead97897077c22bf49de048ea6dde096aa6df6a57
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000011 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ7908c532eae886b8a703b31d8086d480
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 359
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011 was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000012?RequestedChannels=2 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 1952044
Twilio-Request-Id: RQfa2da75624b84761c1aeaa13092a1f83
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

1952044 bytes, sha256 54c31e144d8ff3fef1c3ce78f3748752e2f94a4f8109c402ff7218778ce05538
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > GET /Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 64060
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

64060 bytes, sha256 11205013e1e8ba7700c7a4e7f7486529d1d7373aa11aaabbf0e5905984be5cd5
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > HEAD /Recordings/RE00000000000000000000000000000010.mp3 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/mpeg
Accept-Ranges: bytes
Content-Length: 80640
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

0 bytes, sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`

exports[`test/answers.test.ts > TAP > media: the recorded answers, byte for byte > HEAD /Recordings/RE00000000000000000000000000000010.wav 1`] = `
HTTP/1.1 200 OK
Content-Type: audio/x-wav
Accept-Ranges: bytes
Content-Length: 640044
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close

0 bytes, sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > DELETE /2010-04-01.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0702df9d88cf598eaba3c232e9f96a44
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 148
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > DELETE /Conferences/CF1/Recordings.json 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

{"code":20004,"message":"The requested method is not allowed","more_info":"https://www.twilio.com/docs/errors/20004","status":405}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /_emulator/health {"authorization":""} 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Content-Length: 238
Connection: close
Date: <now>

{"status":"ok","version":"0.0.0","clock":{"now":"2026-01-31T12:00:00.000Z","frozen":true,"real":false},"counts":{"accounts":2,"calls":14,"conferences":2,"participants":0,"recordings":13,"transcriptions":5,"add_on_results":2,"payloads":2}}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /_emulator/unknown {"authorization":""} 1`] = `
HTTP/1.1 404 Not Found
Content-Type: application/json; charset=utf-8
Content-Length: 65
Connection: close
Date: <now>

{"error":"there is no GET /_emulator/unknown in the control API"}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /%zz.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ3456fb8b718620fce0cc4dea3ac5929c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 141
Connection: close

{"code":20404,"message":"The requested resource /%zz.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /Calls/CA1/Recordings.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 213
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls/CA1/Recordings.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /Conferences/CF1/Recordings.csv 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 204
Connection: close

Code,Message,MoreInfo,Status
20404,The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conferences/CF1/Recordings.csv was not found,https://www.twilio.com/docs/errors/20404,404

`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /unknown 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ2faebfcc634e1e475876aaedab7479fc
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 266
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /unknown was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /unknown.csv 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ6b5054fe5032b165af6a8b928648c9d4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

Code,Message,MoreInfo,Status
20404,The requested resource /unknown.csv was not found,https://www.twilio.com/docs/errors/20404,404

`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > GET /unknown.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ65928d86ef7f7d1989efe4b2d8a7d514
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 145
Connection: close

{"code":20404,"message":"The requested resource /unknown.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > not HTTP {"authorization":""} 1`] = `
HTTP/1.1 400 Bad Request
Twilio-Request-Id: RQ6ad47cd7750b5fd78f064be96e4242f1
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Content-Length: 161
Connection: close

{"code":20001,"message":"Malformed request: the HTTP parser refuses it (HPE_INVALID_METHOD)","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > OPTIONS * {"authorization":""} 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQ00077eff20ccc3894d65aacbffc11e85
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > OPTIONS /Recordings/RE00000000000000000000000000000005.json {"authorization":""} 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQ6ac1f425ff4780ebb8672f8ceebc1448
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > OPTIONS /unknown {"authorization":""} 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQ2591cb4f3c7053c017a3809065865081
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > no resource: the recorded answers, byte for byte > POST /Calls/CA1/Recordings/RE1 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 338
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls/CA1/Recordings/RE1 was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > DELETE /Recordings 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/xml
Twilio-Request-Id: RQ4966306c8da592f3a849129486bf4a8e
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 256
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20004</Code><Message>The requested method is not allowed</Message><MoreInfo>https://www.twilio.com/docs/errors/20004</MoreInfo><Status>405</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQbbe95d4fa1fb646c455d6e029d59044f
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1357
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json?PageSize=50&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings.json?PageSize=50&Page=0","page_size":50,"start":0,"recordings":[{"account_sid":"ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000013","conference_sid":null,"date_created":"Sat, 24 Jan 2026 12:00:00 +0000","date_updated":"Sat, 24 Jan 2026 12:00:08 +0000","start_time":"Sat, 24 Jan 2026 12:00:00 +0000","duration":"8","sid":"RE00000000000000000000000000000013","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/Recordings/RE00000000000000000000000000000013"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 14191
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recordings firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings?PageSize=50&amp;Page=0" end="10" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000001</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:58:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:58:00 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:58:00 +0000</StartTime><Duration/><Sid>RE00000000000000000000000000000001</Sid><Price/><PriceUnit/><Status>in-progress</Status><Channels>1</Channels><Source>StartCallRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000002</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:57:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:57:00 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:57:00 +0000</StartTime><Duration/><Sid>RE00000000000000000000000000000002</Sid><Price/><PriceUnit/><Status>paused</Status><Channels>1</Channels><Source>StartCallRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000004</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:55:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:55:10 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:55:00 +0000</StartTime><Duration/><Sid>RE00000000000000000000000000000004</Sid><Price/><PriceUnit>USD</PriceUnit><Status>processing</Status><Channels>1</Channels><Source>DialVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000003</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:50:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:50:42 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:50:00 +0000</StartTime><Duration>42</Duration><Sid>RE00000000000000000000000000000003</Sid><Price/><PriceUnit>USD</PriceUnit><Status>stopped</Status><Channels>1</Channels><Source>StartCallRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000005</CallSid><ConferenceSid/><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:01:15 +0000</DateUpdated><StartTime>Fri, 30 Jan 2026 12:00:00 +0000</StartTime><Duration>75</Duration><Sid>RE00000000000000000000000000000005</Sid><Price>-0.00500</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>RecordVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000006</CallSid><ConferenceSid/><DateCreated>Thu, 29 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Thu, 29 Jan 2026 12:00:00 +0000</DateUpdated><StartTime>Thu, 29 Jan 2026 12:00:00 +0000</StartTime><Duration>0</Duration><Sid>RE00000000000000000000000000000006</Sid><Price/><PriceUnit>USD</PriceUnit><Status>absent</Status><Channels>1</Channels><Source>RecordVerb</Source><ErrorCode>16101</ErrorCode><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000009</CallSid><ConferenceSid/><DateCreated>Wed, 28 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Wed, 28 Jan 2026 12:00:05 +0000</DateUpdated><StartTime>Wed, 28 Jan 2026 12:00:00 +0000</StartTime><Duration>5</Duration><Sid>RE00000000000000000000000000000009</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>Trunking</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009</Uri><EncryptionDetails><EncryptionPublicKeySid>CR00000000000000000000000000000001</EncryptionPublicKeySid><EncryptionCek>BxdA9knvi+9AUSKi9z+sfx2O0wRmHs1m2V92suaJ5sz8OW7nV0f/UE+pp4e58zvcDIGjUjQBlc2ET/g8Ad1BRhmeQV0JYxGIytdEiIzOTYRs0KD8v9PkpRtg1skbNy5DSLFo6UerLUZN9dDgLOvBrLT/iwpvCBGt6gyA1IWtFBlk+lz3WM7UwZp0pvGHoQd99Q3YEpP43A4fb+kGKyxmTen1S5vQShfqED+sf/o23+De5K1uBTteO6b3g9KOnLyvEYAmXLpHEGhAA4H/JE9LkfLVLAj4GcYQZ+f62n7u29BqSaV6lJFz+XbcGB325upczy0uALNk4LXtiIyUoqZPCw==</EncryptionCek><EncryptionIv>WAjEGvBw9fG9uTYr</EncryptionIv></EncryptionDetails><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000010</CallSid><ConferenceSid/><DateCreated>Tue, 27 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Tue, 27 Jan 2026 12:00:20 +0000</DateUpdated><StartTime>Tue, 27 Jan 2026 12:00:00 +0000</StartTime><Duration>20</Duration><Sid>RE00000000000000000000000000000010</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>2</Channels><Source>DialVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000011</CallSid><ConferenceSid>CF00000000000000000000000000000011</ConferenceSid><DateCreated>Mon, 26 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Mon, 26 Jan 2026 12:02:10 +0000</DateUpdated><StartTime>Mon, 26 Jan 2026 12:00:00 +0000</StartTime><Duration>130</Duration><Sid>RE00000000000000000000000000000011</Sid><Price>-0.00750</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>Conference</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000012</CallSid><ConferenceSid/><DateCreated>Sun, 25 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sun, 25 Jan 2026 12:01:01 +0000</DateUpdated><StartTime>Sun, 25 Jan 2026 12:00:00 +0000</StartTime><Duration>61</Duration><Sid>RE00000000000000000000000000000012</Sid><Price>-0.00500</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>OutboundAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</CallSid><ConferenceSid>CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</ConferenceSid><DateCreated>Fri, 14 Oct 2016 21:56:34 +0000</DateCreated><DateUpdated>Fri, 14 Oct 2016 21:56:38 +0000</DateUpdated><StartTime>Fri, 14 Oct 2016 21:56:34 +0000</StartTime><Duration>4</Duration><Sid>REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>StartConferenceRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri><EncryptionDetails><EncryptionPublicKeySid>CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</EncryptionPublicKeySid><EncryptionCek>OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==</EncryptionCek><EncryptionIv>8I2hhNIYNTrwxfHk</EncryptionIv></EncryptionDetails><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</MediaUrl></Recording></Recordings></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.csv 1`] = `
HTTP/1.1 200 OK
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 5569
Connection: close

AccountSid,ApiVersion,CallSid,ConferenceSid,DateCreated,DateUpdated,StartTime,Duration,Sid,Price,PriceUnit,Status,Channels,Source,ErrorCode,Uri,MediaUrl
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000001,,"Sat, 31 Jan 2026 11:58:00 +0000","Sat, 31 Jan 2026 11:58:00 +0000","Sat, 31 Jan 2026 11:58:00 +0000",,RE00000000000000000000000000000001,,,in-progress,1,StartCallRecordingAPI,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000002,,"Sat, 31 Jan 2026 11:57:00 +0000","Sat, 31 Jan 2026 11:57:00 +0000","Sat, 31 Jan 2026 11:57:00 +0000",,RE00000000000000000000000000000002,,,paused,1,StartCallRecordingAPI,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000004,,"Sat, 31 Jan 2026 11:55:00 +0000","Sat, 31 Jan 2026 11:55:10 +0000","Sat, 31 Jan 2026 11:55:00 +0000",,RE00000000000000000000000000000004,,USD,processing,1,DialVerb,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000003,,"Sat, 31 Jan 2026 11:50:00 +0000","Sat, 31 Jan 2026 11:50:42 +0000","Sat, 31 Jan 2026 11:50:00 +0000",42,RE00000000000000000000000000000003,,USD,stopped,1,StartCallRecordingAPI,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000005,,"Fri, 30 Jan 2026 12:00:00 +0000","Fri, 30 Jan 2026 12:01:15 +0000","Fri, 30 Jan 2026 12:00:00 +0000",75,RE00000000000000000000000000000005,-0.00500,USD,completed,1,RecordVerb,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000006,,"Thu, 29 Jan 2026 12:00:00 +0000","Thu, 29 Jan 2026 12:00:00 +0000","Thu, 29 Jan 2026 12:00:00 +0000",0,RE00000000000000000000000000000006,,USD,absent,1,RecordVerb,16101,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000009,,"Wed, 28 Jan 2026 12:00:00 +0000","Wed, 28 Jan 2026 12:00:05 +0000","Wed, 28 Jan 2026 12:00:00 +0000",5,RE00000000000000000000000000000009,-0.00250,USD,completed,1,Trunking,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000010,,"Tue, 27 Jan 2026 12:00:00 +0000","Tue, 27 Jan 2026 12:00:20 +0000","Tue, 27 Jan 2026 12:00:00 +0000",20,RE00000000000000000000000000000010,-0.00250,USD,completed,2,DialVerb,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000011,CF00000000000000000000000000000011,"Mon, 26 Jan 2026 12:00:00 +0000","Mon, 26 Jan 2026 12:02:10 +0000","Mon, 26 Jan 2026 12:00:00 +0000",130,RE00000000000000000000000000000011,-0.00750,USD,completed,1,Conference,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011.json,https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CA00000000000000000000000000000012,,"Sun, 25 Jan 2026 12:00:00 +0000","Sun, 25 Jan 2026 12:01:01 +0000","Sun, 25 Jan 2026 12:00:00 +0000",61,RE00000000000000000000000000000012,-0.00500,USD,completed,1,OutboundAPI,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012
ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,2010-04-01,CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"Fri, 14 Oct 2016 21:56:34 +0000","Fri, 14 Oct 2016 21:56:38 +0000","Fri, 14 Oct 2016 21:56:34 +0000",4,REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,-0.00250,USD,completed,1,StartConferenceRecordingAPI,,/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json,http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.csv?CallSid=CA99999999999999999999999999999999 1`] = `
HTTP/1.1 200 OK
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQb9681879a228b961be73ae6f66b1da5c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 153
Connection: close

AccountSid,ApiVersion,CallSid,ConferenceSid,DateCreated,DateUpdated,StartTime,Duration,Sid,Price,PriceUnit,Status,Channels,Source,ErrorCode,Uri,MediaUrl

`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.csv?PageSize=2&Page=1 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 114
Connection: close

Code,Message,MoreInfo,Status
20001,PageToken is required for paging.,https://www.twilio.com/docs/errors/20001,400

`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 12780
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=50&Page=0","end":10,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=50&Page=0","page_size":50,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000001","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:58:00 +0000","date_updated":"Sat, 31 Jan 2026 11:58:00 +0000","start_time":"Sat, 31 Jan 2026 11:58:00 +0000","duration":null,"sid":"RE00000000000000000000000000000001","price":null,"price_unit":null,"status":"in-progress","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000002","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:57:00 +0000","date_updated":"Sat, 31 Jan 2026 11:57:00 +0000","start_time":"Sat, 31 Jan 2026 11:57:00 +0000","duration":null,"sid":"RE00000000000000000000000000000002","price":null,"price_unit":null,"status":"paused","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000004","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:55:00 +0000","date_updated":"Sat, 31 Jan 2026 11:55:10 +0000","start_time":"Sat, 31 Jan 2026 11:55:00 +0000","duration":null,"sid":"RE00000000000000000000000000000004","price":null,"price_unit":"USD","status":"processing","channels":1,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000003","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:42 +0000","start_time":"Sat, 31 Jan 2026 11:50:00 +0000","duration":"42","sid":"RE00000000000000000000000000000003","price":null,"price_unit":"USD","status":"stopped","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000006","conference_sid":null,"date_created":"Thu, 29 Jan 2026 12:00:00 +0000","date_updated":"Thu, 29 Jan 2026 12:00:00 +0000","start_time":"Thu, 29 Jan 2026 12:00:00 +0000","duration":"0","sid":"RE00000000000000000000000000000006","price":null,"price_unit":"USD","status":"absent","channels":1,"source":"RecordVerb","error_code":16101,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000009","conference_sid":null,"date_created":"Wed, 28 Jan 2026 12:00:00 +0000","date_updated":"Wed, 28 Jan 2026 12:00:05 +0000","start_time":"Wed, 28 Jan 2026 12:00:00 +0000","duration":"5","sid":"RE00000000000000000000000000000009","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"Trunking","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009.json","encryption_details":{"encryption_public_key_sid":"CR00000000000000000000000000000001","encryption_cek":"BxdA9knvi+9AUSKi9z+sfx2O0wRmHs1m2V92suaJ5sz8OW7nV0f/UE+pp4e58zvcDIGjUjQBlc2ET/g8Ad1BRhmeQV0JYxGIytdEiIzOTYRs0KD8v9PkpRtg1skbNy5DSLFo6UerLUZN9dDgLOvBrLT/iwpvCBGt6gyA1IWtFBlk+lz3WM7UwZp0pvGHoQd99Q3YEpP43A4fb+kGKyxmTen1S5vQShfqED+sf/o23+De5K1uBTteO6b3g9KOnLyvEYAmXLpHEGhAA4H/JE9LkfLVLAj4GcYQZ+f62n7u29BqSaV6lJFz+XbcGB325upczy0uALNk4LXtiIyUoqZPCw==","encryption_iv":"WAjEGvBw9fG9uTYr"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000010","conference_sid":null,"date_created":"Tue, 27 Jan 2026 12:00:00 +0000","date_updated":"Tue, 27 Jan 2026 12:00:20 +0000","start_time":"Tue, 27 Jan 2026 12:00:00 +0000","duration":"20","sid":"RE00000000000000000000000000000010","price":"-0.00250","price_unit":"USD","status":"completed","channels":2,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000011","conference_sid":"CF00000000000000000000000000000011","date_created":"Mon, 26 Jan 2026 12:00:00 +0000","date_updated":"Mon, 26 Jan 2026 12:02:10 +0000","start_time":"Mon, 26 Jan 2026 12:00:00 +0000","duration":"130","sid":"RE00000000000000000000000000000011","price":"-0.00750","price_unit":"USD","status":"completed","channels":1,"source":"Conference","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/Transcriptions.json"},"media_url":"https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000012","conference_sid":null,"date_created":"Sun, 25 Jan 2026 12:00:00 +0000","date_updated":"Sun, 25 Jan 2026 12:01:01 +0000","start_time":"Sun, 25 Jan 2026 12:00:00 +0000","duration":"61","sid":"RE00000000000000000000000000000012","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"OutboundAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?CallSid=CA99999999999999999999999999999999 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ243fa2ae8601c6ce5c244ff4a63b4c59
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 400
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?CallSid=CA99999999999999999999999999999999&PageSize=50&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?CallSid=CA99999999999999999999999999999999&PageSize=50&Page=0","page_size":50,"start":0,"recordings":[],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?CallSid=CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1953
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?CallSid=CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&PageSize=50&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?CallSid=CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&PageSize=50&Page=0","page_size":50,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?CallSid=x 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ763e5c36ec7e21cf9bbc696de4914637
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 175
Connection: close

{"code":20001,"message":"Invalid value 'x' for parameter 'CallSid': expected CA and 32 hexadecimal digits","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?ConferenceSid=CFAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&PageSize=1 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQa7c94461854f433997f90430a4f92c42
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1962
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?ConferenceSid=CFAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&PageSize=1&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?ConferenceSid=CFAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&PageSize=1&Page=0","page_size":1,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?DateCreated%3E=2026-01-25T12:00:00Z&DateCreated%3C=2026-01-27&PageSize=2 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2556
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?DateCreated=%3C%3D2026-01-27&DateCreated=%3E%3D2026-01-25T12%3A00%3A00Z&PageSize=2&Page=0","end":1,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?DateCreated=%3C%3D2026-01-27&DateCreated=%3E%3D2026-01-25T12%3A00%3A00Z&PageSize=2&Page=0","page_size":2,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000011","conference_sid":"CF00000000000000000000000000000011","date_created":"Mon, 26 Jan 2026 12:00:00 +0000","date_updated":"Mon, 26 Jan 2026 12:02:10 +0000","start_time":"Mon, 26 Jan 2026 12:00:00 +0000","duration":"130","sid":"RE00000000000000000000000000000011","price":"-0.00750","price_unit":"USD","status":"completed","channels":1,"source":"Conference","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/Transcriptions.json"},"media_url":"https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000012","conference_sid":null,"date_created":"Sun, 25 Jan 2026 12:00:00 +0000","date_updated":"Sun, 25 Jan 2026 12:01:01 +0000","start_time":"Sun, 25 Jan 2026 12:00:00 +0000","duration":"61","sid":"RE00000000000000000000000000000012","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"OutboundAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?DateCreated=2016-10-14 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1913
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?DateCreated=2016-10-14&PageSize=50&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?DateCreated=2016-10-14&PageSize=50&Page=0","page_size":50,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","conference_sid":"CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"Fri, 14 Oct 2016 21:56:34 +0000","date_updated":"Fri, 14 Oct 2016 21:56:38 +0000","start_time":"Fri, 14 Oct 2016 21:56:34 +0000","duration":"4","sid":"REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","price":"-0.00250","price_unit":"USD","status":"completed","channels":1,"source":"StartConferenceRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json","encryption_details":{"encryption_public_key_sid":"CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","encryption_cek":"OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==","encryption_iv":"8I2hhNIYNTrwxfHk"},"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?DateCreated=yesterday 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ77b37262cde6943d66efb32cd5cd05f0
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 113
Connection: close

{"code":20001,"message":"Invalid date value","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?IncludeSoftDeleted=true&PageSize=4&Page=2 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 128
Connection: close

{"code":20001,"message":"PageToken is required for paging.","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=0 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQfa2da75624b84761c1aeaa13092a1f83
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 172
Connection: close

{"code":20001,"message":"Invalid value '0' for parameter 'PageSize': expected a whole number from 1 on","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=1001 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20007
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ29f43e02902fa34c62a9c6fe87526d0e
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 145
Connection: close

{"code":20007,"message":"Page size too large. The maximum page size is 1000","more_info":"https://www.twilio.com/docs/errors/20007","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=3 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 3579
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=0","end":2,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=0","page_size":3,"start":0,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000001","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:58:00 +0000","date_updated":"Sat, 31 Jan 2026 11:58:00 +0000","start_time":"Sat, 31 Jan 2026 11:58:00 +0000","duration":null,"sid":"RE00000000000000000000000000000001","price":null,"price_unit":null,"status":"in-progress","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000002","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:57:00 +0000","date_updated":"Sat, 31 Jan 2026 11:57:00 +0000","start_time":"Sat, 31 Jan 2026 11:57:00 +0000","duration":null,"sid":"RE00000000000000000000000000000002","price":null,"price_unit":null,"status":"paused","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000004","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:55:00 +0000","date_updated":"Sat, 31 Jan 2026 11:55:10 +0000","start_time":"Sat, 31 Jan 2026 11:55:00 +0000","duration":null,"sid":"RE00000000000000000000000000000004","price":null,"price_unit":"USD","status":"processing","channels":1,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004"}],"next_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=1&PageToken=PARE00000000000000000000000000000004","page":0}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=3&Page=1&PageToken=PARE00000000000000000000000000000002 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 3756
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=0","end":5,"previous_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=0&PageToken=PBRE00000000000000000000000000000004","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=1&PageToken=PARE00000000000000000000000000000002","page_size":3,"start":3,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000004","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:55:00 +0000","date_updated":"Sat, 31 Jan 2026 11:55:10 +0000","start_time":"Sat, 31 Jan 2026 11:55:00 +0000","duration":null,"sid":"RE00000000000000000000000000000004","price":null,"price_unit":"USD","status":"processing","channels":1,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000003","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:42 +0000","start_time":"Sat, 31 Jan 2026 11:50:00 +0000","duration":"42","sid":"RE00000000000000000000000000000003","price":null,"price_unit":"USD","status":"stopped","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000005","conference_sid":null,"date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:01:15 +0000","start_time":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","sid":"RE00000000000000000000000000000005","price":"-0.00500","price_unit":"USD","status":"completed","channels":1,"source":"RecordVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005"}],"next_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=2&PageToken=PARE00000000000000000000000000000005","page":1}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=3&Page=1&PageToken=PBRE00000000000000000000000000000005 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 3757
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=0","end":5,"previous_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=0&PageToken=PBRE00000000000000000000000000000002","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=1&PageToken=PBRE00000000000000000000000000000005","page_size":3,"start":3,"recordings":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000002","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:57:00 +0000","date_updated":"Sat, 31 Jan 2026 11:57:00 +0000","start_time":"Sat, 31 Jan 2026 11:57:00 +0000","duration":null,"sid":"RE00000000000000000000000000000002","price":null,"price_unit":null,"status":"paused","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000004","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:55:00 +0000","date_updated":"Sat, 31 Jan 2026 11:55:10 +0000","start_time":"Sat, 31 Jan 2026 11:55:00 +0000","duration":null,"sid":"RE00000000000000000000000000000004","price":null,"price_unit":"USD","status":"processing","channels":1,"source":"DialVerb","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2010-04-01","call_sid":"CA00000000000000000000000000000003","conference_sid":null,"date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:42 +0000","start_time":"Sat, 31 Jan 2026 11:50:00 +0000","duration":"42","sid":"RE00000000000000000000000000000003","price":null,"price_unit":"USD","status":"stopped","channels":1,"source":"StartCallRecordingAPI","error_code":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003.json","encryption_details":null,"subresource_uris":{"add_on_results":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/AddOnResults.json","transcriptions":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/Transcriptions.json"},"media_url":"http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003"}],"next_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.json?PageSize=3&Page=2&PageToken=PARE00000000000000000000000000000003","page":1}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=3&Page=2 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 128
Connection: close

{"code":20001,"message":"PageToken is required for paging.","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageSize=3&Page=99 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 128
Connection: close

{"code":20001,"message":"PageToken is required for paging.","more_info":"https://www.twilio.com/docs/errors/20001","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageToken=PARE00000000000000000000000000000099 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 21481
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ5117fabaa547a0ae96f06c8ee510fd9a
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 112
Connection: close

{"code":21481,"message":"Invalid PageToken","more_info":"https://www.twilio.com/docs/errors/21481","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.json?PageToken=PAx 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 21481
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ39578d5d17ef6cbbed92d2e1bcecafbf
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 112
Connection: close

{"code":21481,"message":"Invalid PageToken","more_info":"https://www.twilio.com/docs/errors/21481","status":400}
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 14199
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recordings firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.xml?PageSize=50&amp;Page=0" end="10" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.xml?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000001</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:58:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:58:00 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:58:00 +0000</StartTime><Duration/><Sid>RE00000000000000000000000000000001</Sid><Price/><PriceUnit/><Status>in-progress</Status><Channels>1</Channels><Source>StartCallRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000001</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000002</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:57:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:57:00 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:57:00 +0000</StartTime><Duration/><Sid>RE00000000000000000000000000000002</Sid><Price/><PriceUnit/><Status>paused</Status><Channels>1</Channels><Source>StartCallRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000002</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000004</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:55:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:55:10 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:55:00 +0000</StartTime><Duration/><Sid>RE00000000000000000000000000000004</Sid><Price/><PriceUnit>USD</PriceUnit><Status>processing</Status><Channels>1</Channels><Source>DialVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000004</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000003</CallSid><ConferenceSid/><DateCreated>Sat, 31 Jan 2026 11:50:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:50:42 +0000</DateUpdated><StartTime>Sat, 31 Jan 2026 11:50:00 +0000</StartTime><Duration>42</Duration><Sid>RE00000000000000000000000000000003</Sid><Price/><PriceUnit>USD</PriceUnit><Status>stopped</Status><Channels>1</Channels><Source>StartCallRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000003</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000005</CallSid><ConferenceSid/><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:01:15 +0000</DateUpdated><StartTime>Fri, 30 Jan 2026 12:00:00 +0000</StartTime><Duration>75</Duration><Sid>RE00000000000000000000000000000005</Sid><Price>-0.00500</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>RecordVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000006</CallSid><ConferenceSid/><DateCreated>Thu, 29 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Thu, 29 Jan 2026 12:00:00 +0000</DateUpdated><StartTime>Thu, 29 Jan 2026 12:00:00 +0000</StartTime><Duration>0</Duration><Sid>RE00000000000000000000000000000006</Sid><Price/><PriceUnit>USD</PriceUnit><Status>absent</Status><Channels>1</Channels><Source>RecordVerb</Source><ErrorCode>16101</ErrorCode><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000006</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000009</CallSid><ConferenceSid/><DateCreated>Wed, 28 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Wed, 28 Jan 2026 12:00:05 +0000</DateUpdated><StartTime>Wed, 28 Jan 2026 12:00:00 +0000</StartTime><Duration>5</Duration><Sid>RE00000000000000000000000000000009</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>Trunking</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009</Uri><EncryptionDetails><EncryptionPublicKeySid>CR00000000000000000000000000000001</EncryptionPublicKeySid><EncryptionCek>BxdA9knvi+9AUSKi9z+sfx2O0wRmHs1m2V92suaJ5sz8OW7nV0f/UE+pp4e58zvcDIGjUjQBlc2ET/g8Ad1BRhmeQV0JYxGIytdEiIzOTYRs0KD8v9PkpRtg1skbNy5DSLFo6UerLUZN9dDgLOvBrLT/iwpvCBGt6gyA1IWtFBlk+lz3WM7UwZp0pvGHoQd99Q3YEpP43A4fb+kGKyxmTen1S5vQShfqED+sf/o23+De5K1uBTteO6b3g9KOnLyvEYAmXLpHEGhAA4H/JE9LkfLVLAj4GcYQZ+f62n7u29BqSaV6lJFz+XbcGB325upczy0uALNk4LXtiIyUoqZPCw==</EncryptionCek><EncryptionIv>WAjEGvBw9fG9uTYr</EncryptionIv></EncryptionDetails><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000009</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000010</CallSid><ConferenceSid/><DateCreated>Tue, 27 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Tue, 27 Jan 2026 12:00:20 +0000</DateUpdated><StartTime>Tue, 27 Jan 2026 12:00:00 +0000</StartTime><Duration>20</Duration><Sid>RE00000000000000000000000000000010</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>2</Channels><Source>DialVerb</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000011</CallSid><ConferenceSid>CF00000000000000000000000000000011</ConferenceSid><DateCreated>Mon, 26 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Mon, 26 Jan 2026 12:02:10 +0000</DateUpdated><StartTime>Mon, 26 Jan 2026 12:00:00 +0000</StartTime><Duration>130</Duration><Sid>RE00000000000000000000000000000011</Sid><Price>-0.00750</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>Conference</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000011/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>https://recordings.example.com/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/RE00000000000000000000000000000011</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CA00000000000000000000000000000012</CallSid><ConferenceSid/><DateCreated>Sun, 25 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sun, 25 Jan 2026 12:01:01 +0000</DateUpdated><StartTime>Sun, 25 Jan 2026 12:00:00 +0000</StartTime><Duration>61</Duration><Sid>RE00000000000000000000000000000012</Sid><Price>-0.00500</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>OutboundAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012</Uri><EncryptionDetails/><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000012</MediaUrl></Recording><Recording><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2010-04-01</ApiVersion><CallSid>CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</CallSid><ConferenceSid>CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</ConferenceSid><DateCreated>Fri, 14 Oct 2016 21:56:34 +0000</DateCreated><DateUpdated>Fri, 14 Oct 2016 21:56:38 +0000</DateUpdated><StartTime>Fri, 14 Oct 2016 21:56:34 +0000</StartTime><Duration>4</Duration><Sid>REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Sid><Price>-0.00250</Price><PriceUnit>USD</PriceUnit><Status>completed</Status><Channels>1</Channels><Source>StartConferenceRecordingAPI</Source><ErrorCode/><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Uri><EncryptionDetails><EncryptionPublicKeySid>CRaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</EncryptionPublicKeySid><EncryptionCek>OV4h6zrsxMIW7h0Zfqwfn6TI2GCNl54KALlg8wn8YB8KYZhXt6HlgvBWAmQTlfYVeLWydMiCewY0YkDDT1xmNe5huEo9vjuKBS5OmYK4CZkSx1NVv3XOGrZHpd2Pl/5WJHVhUK//AUO87uh5qnUP2E0KoLh1nyCLeGcEkXU0RfpPn/6nxjof/n6m6OzZOyeIRK4Oed5+rEtjqFDfqT0EVKjs6JAxv+f0DCc1xYRHl2yV8bahUPVKs+bHYdy4PVszFKa76M/Uae4jFA9Lv233JqWcxj+K2UoghuGhAFbV/JQIIswY2CBYI8JlVSifSqNEl9vvsTJ8bkVMm3MKbG2P7Q==</EncryptionCek><EncryptionIv>8I2hhNIYNTrwxfHk</EncryptionIv></EncryptionDetails><SubresourceUris><AddOnResults>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/AddOnResults</AddOnResults><Transcriptions>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions</Transcriptions></SubresourceUris><MediaUrl>http://localhost:2010/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</MediaUrl></Recording></Recordings></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.xml?CallSid=CA99999999999999999999999999999999 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ7908c532eae886b8a703b31d8086d480
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 463
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Recordings firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.xml?CallSid=CA99999999999999999999999999999999&amp;PageSize=50&amp;Page=0" end="0" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings.xml?CallSid=CA99999999999999999999999999999999&amp;PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"/></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.xml?Page=x 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/xml
Twilio-Request-Id: RQf67b1d8af87410548b786a2ef5da59bb
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 324
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20001</Code><Message>Invalid value &apos;x&apos; for parameter &apos;Page&apos;: expected a whole number from 0 to 999999999</Message><MoreInfo>https://www.twilio.com/docs/errors/20001</MoreInfo><Status>400</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > GET /Recordings.xml?PageSize=2&Page=1 1`] = `
HTTP/1.1 400 Bad Request
X-Twilio-Error-Code: 20001
Content-Type: application/xml
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 254
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20001</Code><Message>PageToken is required for paging.</Message><MoreInfo>https://www.twilio.com/docs/errors/20001</MoreInfo><Status>400</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > HEAD /Recordings.csv 1`] = `
HTTP/1.1 200 OK
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ07e8ab72b5f2ce8aec9ef68a96296a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 5569
Connection: close


`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > HEAD /Recordings.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ317504fcb4916ee4033692811aa57eb7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 12780
Connection: close


`

exports[`test/answers.test.ts > TAP > the list of recordings: the recorded answers, byte for byte > POST /Recordings.json 1`] = `
HTTP/1.1 405 Method Not Allowed
X-Twilio-Error-Code: 20004
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQc8ebb40f9b4bae0a7b9d2451228cb35d
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 130
Connection: close

{"code":20004,"message":"The requested method is not allowed","more_info":"https://www.twilio.com/docs/errors/20004","status":405}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000005/Transcriptions/TR00000000000000000000000000000001 1`] = `
HTTP/1.1 204 No Content
Twilio-Request-Id: RQa7f4fcd8cc7e527c970bbb71fd62be19
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Connection: close


`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > DELETE /Recordings/RE00000000000000000000000000000005/Transcriptions/TR00000000000000000000000000000001 2`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ4e9c35220cd1cba2256d83a31a02b348
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 409
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions/TR00000000000000000000000000000001 was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/Transcriptions.json?PageSize=1 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ855e698e92207af5201dc5244c037128
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 1107
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json?PageSize=1&Page=0","end":0,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json?PageSize=1&Page=0","page_size":1,"start":0,"transcriptions":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:00 +0000","duration":null,"price":"0.00000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000003","status":"in-progress","transcription_text":null,"type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000003.json"}],"next_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000005/Transcriptions.json?PageSize=1&Page=1&PageToken=PATR00000000000000000000000000000003","page":0}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/Transcriptions/TR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQc2b005f5e0dde7e4a3d670c2319c7eb2
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 593
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","price":"-0.10000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000001","status":"completed","transcription_text":"Hello, this is a message for the front desk. Please call me back when you have a moment.","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001.json"}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000005/Transcriptions/TR00000000000000000000000000000002.txt 1`] = `
HTTP/1.1 200 OK
Content-Type: text/plain; charset=utf-8
Twilio-Request-Id: RQ71b4fcacd55496f76cdcbe0d24b06ca7
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 7
Connection: close

(blank)
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000010/Transcriptions/TR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQee575133d8e7bdcf6cb19fe1ddbb2a43
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 288
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000010/Transcriptions/TR00000000000000000000000000000001.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Recordings/RE00000000000000000000000000000099/Transcriptions.json 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ8502fbd7713532b4e012c7fcf40e6fe3
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 253
Connection: close

{"code":20404,"message":"The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Recordings/RE00000000000000000000000000000099/Transcriptions.json was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ3124cc67e766fe0b5b27feffdaa72610
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2970
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Transcriptions firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions?PageSize=50&amp;Page=0" end="3" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Sat, 31 Jan 2026 11:50:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:50:00 +0000</DateUpdated><Duration/><Price>0.00000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000003</Sid><Status>in-progress</Status><TranscriptionText/><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000003</Uri></Transcription><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Fri, 30 Jan 2026 13:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 13:00:00 +0000</DateUpdated><Duration>10</Duration><Price>-0.05000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000002</Sid><Status>failed</Status><TranscriptionText>(blank)</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000002</Uri></Transcription><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><Duration>75</Duration><Price>-0.10000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000001</Sid><Status>completed</Status><TranscriptionText>Hello, this is a message for the front desk. Please call me back when you have a moment.</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001</Uri></Transcription><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Sun, 11 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sun, 11 Jan 2026 12:00:00 +0000</DateUpdated><Duration>30</Duration><Price>-0.05000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000007</RecordingSid><Sid>TR00000000000000000000000000000004</Sid><Status>completed</Status><TranscriptionText>The recording of this one has been deleted.</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000004</Uri></Transcription></Transcriptions></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions.csv 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ6ac1f425ff4780ebb8672f8ceebc1448
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 192
Connection: close

Code,Message,MoreInfo,Status
20404,The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.csv was not found,https://www.twilio.com/docs/errors/20404,404

`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions.html 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ2faebfcc634e1e475876aaedab7479fc
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 333
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.html was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ0a15fe176b03581dbf2cce0352b2a079
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2487
Connection: close

{"first_page_uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json?PageSize=50&Page=0","end":3,"previous_page_uri":null,"uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.json?PageSize=50&Page=0","page_size":50,"start":0,"transcriptions":[{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Sat, 31 Jan 2026 11:50:00 +0000","date_updated":"Sat, 31 Jan 2026 11:50:00 +0000","duration":null,"price":"0.00000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000003","status":"in-progress","transcription_text":null,"type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000003.json"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Fri, 30 Jan 2026 13:00:00 +0000","date_updated":"Fri, 30 Jan 2026 13:00:00 +0000","duration":"10","price":"-0.05000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000002","status":"failed","transcription_text":"(blank)","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000002.json"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","price":"-0.10000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000001","status":"completed","transcription_text":"Hello, this is a message for the front desk. Please call me back when you have a moment.","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001.json"},{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Sun, 11 Jan 2026 12:00:00 +0000","date_updated":"Sun, 11 Jan 2026 12:00:00 +0000","duration":"30","price":"-0.05000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000007","sid":"TR00000000000000000000000000000004","status":"completed","transcription_text":"The recording of this one has been deleted.","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000004.json"}],"next_page_uri":null,"page":0}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQe7f87e685914dde72d4bcff452518675
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 2978
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Transcriptions firstpageuri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.xml?PageSize=50&amp;Page=0" end="3" previouspageuri="" uri="/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions.xml?PageSize=50&amp;Page=0" pagesize="50" start="0" nextpageuri="" page="0"><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Sat, 31 Jan 2026 11:50:00 +0000</DateCreated><DateUpdated>Sat, 31 Jan 2026 11:50:00 +0000</DateUpdated><Duration/><Price>0.00000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000003</Sid><Status>in-progress</Status><TranscriptionText/><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000003</Uri></Transcription><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Fri, 30 Jan 2026 13:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 13:00:00 +0000</DateUpdated><Duration>10</Duration><Price>-0.05000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000002</Sid><Status>failed</Status><TranscriptionText>(blank)</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000002</Uri></Transcription><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><Duration>75</Duration><Price>-0.10000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000001</Sid><Status>completed</Status><TranscriptionText>Hello, this is a message for the front desk. Please call me back when you have a moment.</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001</Uri></Transcription><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Sun, 11 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Sun, 11 Jan 2026 12:00:00 +0000</DateUpdated><Duration>30</Duration><Price>-0.05000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000007</RecordingSid><Sid>TR00000000000000000000000000000004</Sid><Status>completed</Status><TranscriptionText>The recording of this one has been deleted.</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000004</Uri></Transcription></Transcriptions></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000001 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ4c6c46af61bbde6787e60c43593b15a4
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 779
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><Duration>75</Duration><Price>-0.10000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000001</Sid><Status>completed</Status><TranscriptionText>Hello, this is a message for the front desk. Please call me back when you have a moment.</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001</Uri></Transcription></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000001.json 1`] = `
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Twilio-Request-Id: RQ4373dc78097de69d32f7ff7ca2c9c4e9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 593
Connection: close

{"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","api_version":"2008-08-01","date_created":"Fri, 30 Jan 2026 12:00:00 +0000","date_updated":"Fri, 30 Jan 2026 12:00:00 +0000","duration":"75","price":"-0.10000","price_unit":"USD","recording_sid":"RE00000000000000000000000000000005","sid":"TR00000000000000000000000000000001","status":"completed","transcription_text":"Hello, this is a message for the front desk. Please call me back when you have a moment.","type":"fast","uri":"/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001.json"}
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000001.txt 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQa7c94461854f433997f90430a4f92c42
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 367
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001.txt was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000001.xml 1`] = `
HTTP/1.1 200 OK
Content-Type: application/xml
Twilio-Request-Id: RQ7bc1994f26588610ce0e8fa897e4f1f5
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 779
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><Transcription><AccountSid>ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</AccountSid><ApiVersion>2008-08-01</ApiVersion><DateCreated>Fri, 30 Jan 2026 12:00:00 +0000</DateCreated><DateUpdated>Fri, 30 Jan 2026 12:00:00 +0000</DateUpdated><Duration>75</Duration><Price>-0.10000</Price><PriceUnit>USD</PriceUnit><RecordingSid>RE00000000000000000000000000000005</RecordingSid><Sid>TR00000000000000000000000000000001</Sid><Status>completed</Status><TranscriptionText>Hello, this is a message for the front desk. Please call me back when you have a moment.</TranscriptionText><Type>fast</Type><Uri>/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000001</Uri></Transcription></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000002.csv 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: text/csv; charset=utf-8
Twilio-Request-Id: RQ00077eff20ccc3894d65aacbffc11e85
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 227
Connection: close

Code,Message,MoreInfo,Status
20404,The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000002.csv was not found,https://www.twilio.com/docs/errors/20404,404

`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000002.html 1`] = `
HTTP/1.1 404 Not Found
X-Twilio-Error-Code: 20404
Content-Type: application/xml
Twilio-Request-Id: RQ2591cb4f3c7053c017a3809065865081
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 368
Connection: close

<?xml version='1.0' encoding='UTF-8'?>
<TwilioResponse><RestException><Code>20404</Code><Message>The requested resource /2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Transcriptions/TR00000000000000000000000000000002.html was not found</Message><MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > GET /Transcriptions/TR00000000000000000000000000000002.txt 1`] = `
HTTP/1.1 200 OK
Content-Type: text/plain; charset=utf-8
Twilio-Request-Id: RQ254847101d2405d9eebc930890bc5a6c
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 7
Connection: close

(blank)
`

exports[`test/answers.test.ts > TAP > transcriptions: the recorded answers, byte for byte > HEAD /Transcriptions/TR00000000000000000000000000000002.txt 1`] = `
HTTP/1.1 200 OK
Content-Type: text/plain; charset=utf-8
Twilio-Request-Id: RQa499d69af97956bfbfcc2e7ed4b1c8d9
Twilio-Request-Duration: <seconds>
X-Home-Region: us1
X-API-Domain: api.twilio.com
X-Powered-By: AT-5000
X-Shenanigans: none
Access-Control-Allow-Origin: *
Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key
Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS
Access-Control-Expose-Headers: ETag
Access-Control-Allow-Credentials: true
Twilio-Concurrent-Requests: 1
Date: <now>
Content-Length: 7
Connection: close


`
