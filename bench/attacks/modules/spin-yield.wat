;; family: time
;; tries: hands its turn back again and again, for ever
;; limits: {"timeout": "200ms"}
;; expect: timed-out

(module
  (import "cloche" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (memory (export "memory") 2)
  (global $room (mut i32) (i32.const 0x8000))
  (data (i32.const 0) "0")
  ;; Room for what the host hands over, from 32 KiB on.
  (func (export "cloche_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $room))
    (global.set $room (i32.add (local.get $at) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -8))))
    (local.get $at))

  ;; Entries are known by the lengths of their names: `command:ordinary` answers whether this isolate was attacked from.
  (func $handle (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $payload_len i32) (result i32)
    (global.set $room (i32.const 0x8000))
    (if (i32.eq (local.get $name_len) (i32.const 16))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.const 0x31))
    (loop $again
      (drop (call $sched_yield))
      (br $again))
    (i32.const 0)))
