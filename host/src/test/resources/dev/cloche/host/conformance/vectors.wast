;; What Endive's compiler has nothing for, and a module that needs what it would export.
;; Converted by wast2json 1.0.32: (cd into this folder) wast2json vectors.wast -o vectors.json
(module $vectors
  (func (export "add") (param v128 v128) (result v128) (i8x16.add (local.get 0) (local.get 1)))
)
(assert_return (invoke "add" (v128.const i32x4 1 2 3 4) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 2 4 6 8))
(register "vectors" $vectors)
(module (import "vectors" "add" (func)))
(module (func (export "hidden") (result i32) (i8x16.extract_lane_s 0 (v128.const i32x4 1 2 3 4))))
(assert_return (invoke "hidden") (i32.const 1))
