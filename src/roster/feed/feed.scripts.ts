import { RedisScript } from './redis-script.js';

/**
 * One step of a workspace's feed: looks at it, appends to it, or begins a new epoch.
 *
 * Keys: 1 the stream, 2 its head, a hash {run, epoch, start, offset, bucket, at}, 3 the set of transactions that it tells
 *   of lately; one hash tag, so one slot.
 * Arguments: 1 what: `look`, `append`, `epoch`, or `epoch-if-known` (nothing when there is no feed yet)
 *   2 now, milliseconds; 3 the bucket of now; 4 the id of an epoch, should one begin; 5 the run id of this Redis;
 *   6 entries to keep, about; 7 how long 3 is kept, milliseconds; 8 how many changes follow: with `append`, the changes,
 *   one entry each, then the transactions that they tell of.
 * Result: {epoch, start, offset, bucket, at}, or nil.
 * Guarantees: offsets of an epoch count up by one from `start`; time and bucket never go back; when the bucket has
 *   moved on there is an entry that says so, once, whoever notices first. An epoch begins when the head is gone, and
 *   when Redis was started anew: it may have lost its last entries, whose offsets must not be given out again.
 */
export const FEED_STEP = new RedisScript(`
local stream, head = KEYS[1], KEYS[2]
local what, now, bucket, run = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
local epoch, start, offset, last_bucket, at, known_run =
  unpack(redis.call('HMGET', head, 'epoch', 'start', 'offset', 'bucket', 'at', 'run'))
if not epoch and what == 'epoch-if-known' then return nil end
offset, last_bucket, at = tonumber(offset or 0), tonumber(last_bucket or 0), tonumber(at or 0)
if now > at then at = now end
local moved = bucket > last_bucket
if moved then last_bucket = bucket end

local function whole(number) return string.format('%.0f', number) end
local function write(change)
  offset = offset + 1
  redis.call('XADD', stream, 'MAXLEN', '~', ARGV[6], whole(offset) .. '-0',
    'e', epoch, 'a', whole(at), 'b', whole(last_bucket), 'c', change)
end

if not epoch then redis.call('DEL', stream) end
if not epoch or known_run ~= run or what == 'epoch' or what == 'epoch-if-known' then
  epoch = ARGV[4]
  start = whole(offset + 1)
  moved = false
  write('{}')
end
if what == 'append' then
  local last = 8 + tonumber(ARGV[8])
  for index = 9, last do write(ARGV[index]) end
  for index = last + 1, #ARGV do redis.call('SADD', KEYS[3], ARGV[index]) end
  if #ARGV > last then redis.call('PEXPIRE', KEYS[3], ARGV[7]) end
elseif moved then
  write('{}')
end
redis.call('HSET', head, 'run', run, 'epoch', epoch, 'start', start, 'offset', whole(offset), 'bucket', whole(last_bucket), 'at', whole(at))
return {epoch, start, whole(offset), whole(last_bucket), whole(at)}
`);

/**
 * Keeps the newest journal of a feed's current epoch (what a node that loads later must know of the past).
 *
 * Keys: 1 the feed's head, 2 the journal, a hash {epoch, offset, data}.
 * Arguments: 1 epoch, 2 offset, 3 data.
 * Result: 1 kept, 0 not: another epoch, or there is a newer one.
 */
export const KEEP_JOURNAL = new RedisScript(`
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local epoch, offset = unpack(redis.call('HMGET', KEYS[2], 'epoch', 'offset'))
if epoch == ARGV[1] and tonumber(offset) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'offset', ARGV[2], 'data', ARGV[3])
return 1
`);
