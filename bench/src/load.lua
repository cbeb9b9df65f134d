-- Sends prepared requests in turn. They lie in the file of the first argument, each followed by a line of two hyphens.

local requests, last = {}, 0

function init(args)
   local file = assert(io.open(args[1], "rb"))
   for request in file:read("*a"):gmatch("(.-)\n%-%-\n") do
      requests[#requests + 1] = request
   end
   file:close()
end

function request()
   last = last % #requests + 1
   return requests[last]
end

-- One line of JSON, which `load.rs` reads. Times are in microseconds.
function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests":%d,"micros":%d,"broken":%d,"refused":%d,"p50":%d,"p99":%d}\n',
      summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.timeout, errors.status,
      latency:percentile(50), latency:percentile(99)
   ))
end
