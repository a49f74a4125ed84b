;; family: text and numbers
;; tries: carries bits in NaNs through every kind of conversion
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
    (global.set $room (i32.const 0x8000))
    (if (i32.eq (local.get $name_len) (i32.const 16))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.const 0x31))
    (f64.store (i32.const 1024)
      (f64.reinterpret_i64
        (i64.or (i64.const 0x7ff0000000000001) (i64.extend_i32_u (i32.load (local.get $payload))))))
    (f64.store (i32.const 1032) (f64.mul (f64.load (i32.const 1024)) (f64.const -0)))
    (f32.store (i32.const 1040) (f32.demote_f64 (f64.load (i32.const 1032))))
    (drop (i64.trunc_sat_f64_s (f64.load (i32.const 1024))))
    (call $reply (i32.const 272) (i32.const 4))
    (i32.const 0)))
