; Guile 3.0: what programs of corpora/benchmarks need and it has under another name, or not at all.
(use-modules (scheme base) (scheme case-lambda) (scheme char) (scheme cxr) (scheme inexact) (scheme lazy) (scheme write)
             (scheme read) (rnrs hashtables) ((guile) #:select ((sort . native-sort) (logior . bitwise-ior) (logand . bitwise-and))))
(define-syntax assert
  (syntax-rules ()
    ((_ test detail ...) (unless test (error "assertion failed" detail ...)))))
(define (call-with-output-string f)
  (let ((port (open-output-string))) (f port) (get-output-string port)))
(define (sort items less?) (native-sort items less?))
