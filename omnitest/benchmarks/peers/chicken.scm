; Chicken 5: what programs of corpora/benchmarks need and it has under another name, or not at all.
(import (chicken base) (chicken bitwise) (chicken fixnum) (chicken flonum) (chicken sort))
(define (call-with-output-string f)
  (let ((port (open-output-string))) (f port) (get-output-string port)))
(define (square x) (* x x))
(define (make-list count item) (if (= count 0) '() (cons item (make-list (- count 1) item))))
(define (list-copy items) (append items '()))
(define write-string
  (case-lambda ((s) (display s)) ((s port) (display s port))))
(define (last-pair items) (if (pair? (cdr items)) (last-pair (cdr items)) items))
(define (vector-map f v)
  (let ((result (make-vector (vector-length v))))
    (do ((i 0 (+ i 1))) ((= i (vector-length v)) result) (vector-set! result i (f (vector-ref v i))))))
