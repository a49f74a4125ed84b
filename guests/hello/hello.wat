;; A small extension in WebAssembly text: what the cloche_v1 ABI looks like without a language around it.
;;
;; Memory: 0..1023 texts; from 1024 one arena for what the host writes and for what is built from it. The arena starts
;; afresh with every call.
(module
  (import "cloche" "reply" (func $reply (param $ptr i32) (param $len i32)))
  (import "cloche" "call"
    (func $call (param $op i32) (param $op_len i32) (param $req i32) (param $req_len i32) (result i64)))
  (import "cloche" "read" (func $read (param $ptr i32)))

  (memory (export "memory") 1)

  (data (i32.const 0) "command:hello")
  (data (i32.const 16) "command:echo")
  (data (i32.const 32) "command:fail")
  (data (i32.const 48) "command:trap")
  (data (i32.const 64) "command:spin")
  (data (i32.const 80) "command:grow")
  (data (i32.const 96) "command:kv")
  (data (i32.const 112) "hello, ")
  (data (i32.const 128) "this command always fails")
  (data (i32.const 160) "no such entry")
  (data (i32.const 176) "kv.set")
  (data (i32.const 192) "kv.get")
  (data (i32.const 208) "{\"key\":\"note\",\"value\":")
  (data (i32.const 240) "{\"key\":\"note\"}")

  (global $arena i32 (i32.const 1024))
  (global $top (mut i32) (i32.const 1024))

  ;; A block of the arena; memory grows to hold it.
  (func $alloc (export "cloche_alloc") (param $size i32) (result i32)
    (local $ptr i32)
    (local $missing i32)
    (local.set $ptr (global.get $top))
    (global.set $top
      (i32.and (i32.add (i32.add (local.get $ptr) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (global.get $top) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (unreachable)))))
    (local.get $ptr))

  (func (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $len i32) (result i32)
    (local $status i32)
    ;; The address of an empty payload may be any number, even one outside memory.
    (if (i32.eqz (local.get $len)) (then (local.set $payload (i32.const 0))))
    (local.set $status
      (call $dispatch (local.get $name) (local.get $name_len) (local.get $payload) (local.get $len)))
    (global.set $top (global.get $arena))
    (local.get $status))

  (func $dispatch (param $name i32) (param $name_len i32) (param $payload i32) (param $len i32) (result i32)
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 0) (i32.const 13))
      (then (return (call $hello (local.get $payload) (local.get $len)))))
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 16) (i32.const 12))
      (then
        (call $reply (local.get $payload) (local.get $len))
        (return (i32.const 0))))
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 32) (i32.const 12))
      (then
        (call $reply (i32.const 128) (i32.const 25))
        (return (i32.const 1))))
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 48) (i32.const 12))
      (then (unreachable)))
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 64) (i32.const 12))
      (then (loop $forever (br $forever))))
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 80) (i32.const 12))
      (then (return (call $grow))))
    (if (call $equal (local.get $name) (local.get $name_len) (i32.const 96) (i32.const 10))
      (then (return (call $kv (local.get $payload) (local.get $len)))))
    (call $reply (i32.const 160) (i32.const 13))
    (i32.const 1))

  (func $equal (param $a i32) (param $a_len i32) (param $b i32) (param $b_len i32) (result i32)
    (if (i32.ne (local.get $a_len) (local.get $b_len)) (then (return (i32.const 0))))
    (loop $next
      (if (i32.eqz (local.get $a_len)) (then (return (i32.const 1))))
      (if (i32.ne (i32.load8_u (local.get $a)) (i32.load8_u (local.get $b))) (then (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (local.set $b (i32.add (local.get $b) (i32.const 1)))
      (local.set $a_len (i32.sub (local.get $a_len) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; "hello, " and the payload.
  (func $hello (param $payload i32) (param $len i32) (result i32)
    (local $text i32)
    (local.set $text (call $alloc (i32.add (local.get $len) (i32.const 7))))
    (memory.copy (local.get $text) (i32.const 112) (i32.const 7))
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $payload) (local.get $len))
    (call $reply (local.get $text) (i32.add (local.get $len) (i32.const 7)))
    (i32.const 0))

  ;; Takes a page at a time until the host refuses one; answers how many pages there are then.
  (func $grow (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (call $reply_number (memory.size))
    (i32.const 0))

  (func $reply_number (param $number i32)
    (local $ptr i32)
    (local $end i32)
    (local.set $end (i32.add (call $alloc (i32.const 16)) (i32.const 16)))
    (local.set $ptr (local.get $end))
    (loop $digit
      (local.set $ptr (i32.sub (local.get $ptr) (i32.const 1)))
      (i32.store8 (local.get $ptr) (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
      (local.set $number (i32.div_u (local.get $number) (i32.const 10)))
      (br_if $digit (local.get $number)))
    (call $reply (local.get $ptr) (i32.sub (local.get $end) (local.get $ptr))))

  ;; Keeps the payload, which is JSON, under the key "note" and answers what kv.get then says. A hostcall that is
  ;; denied or fails ends the command with its answer as the error.
  (func $kv (param $payload i32) (param $len i32) (result i32)
    (local $request i32)
    (local.set $request (call $alloc (i32.add (local.get $len) (i32.const 23))))
    (memory.copy (local.get $request) (i32.const 208) (i32.const 22))
    (memory.copy (i32.add (local.get $request) (i32.const 22)) (local.get $payload) (local.get $len))
    (i32.store8 (i32.add (i32.add (local.get $request) (i32.const 22)) (local.get $len)) (i32.const 125))
    (if (call $ask (i32.const 176) (i32.const 6) (local.get $request) (i32.add (local.get $len) (i32.const 23)))
      (then (return (call $reply_answer (i32.const 1)))))
    (call $reply_answer
      (call $ask (i32.const 192) (i32.const 6) (i32.const 240) (i32.const 14))))

  (global $answer_len (mut i32) (i32.const 0))

  ;; Makes a hostcall and remembers how long its answer is; 0 if it went well, else 1.
  (func $ask (param $op i32) (param $op_len i32) (param $req i32) (param $req_len i32) (result i32)
    (local $outcome i64)
    (local.set $outcome
      (call $call (local.get $op) (local.get $op_len) (local.get $req) (local.get $req_len)))
    (global.set $answer_len (i32.wrap_i64 (local.get $outcome)))
    (i64.ne (i64.shr_u (local.get $outcome) (i64.const 32)) (i64.const 0)))

  ;; Replies the answer of the last hostcall; gives the status back.
  (func $reply_answer (param $status i32) (result i32)
    (local $answer i32)
    (local.set $answer (call $alloc (global.get $answer_len)))
    (call $read (local.get $answer))
    (call $reply (local.get $answer) (global.get $answer_len))
    (local.get $status))
)
