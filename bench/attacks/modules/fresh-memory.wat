;; family: leaks
;; tries: looks in memory that it has just got for what others had there
;; expect: ok none

(module
  (import "cloche" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 2)
  (global $room (mut i32) (i32.const 0x8000))
  (data (i32.const 0) "0")
  (data (i32.const 256) "harm")
  (data (i32.const 272) "none")
  ;; Room for what the host hands over, from 32 KiB on.
  (func (export "cloche_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $room))
    (global.set $room (i32.add (local.get $at) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -8))))
    (local.get $at))

  ;; Entries are known by the lengths of their names: `command:ordinary` answers whether this isolate was attacked from.
  (func $handle (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $payload_len i32) (result i32)
    (local $at i32)
    (global.set $room (i32.const 0x8000))
    (if (i32.eq (local.get $name_len) (i32.const 16))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.const 0x31))
    (local.set $at (i32.shl (memory.size) (i32.const 16)))
    (if (i32.eq (memory.grow (i32.const 256)) (i32.const -1))
      (then
        (call $reply (i32.const 272) (i32.const 4))
        (return (i32.const 0))))
    (loop $next
      (if (i64.ne (i64.load (local.get $at)) (i64.const 0))
        (then
          (call $reply (local.get $at) (i32.const 64))
          (return (i32.const 0))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (i32.shl (memory.size) (i32.const 16)))))
    (call $reply (i32.const 272) (i32.const 4))
    (i32.const 0)))
