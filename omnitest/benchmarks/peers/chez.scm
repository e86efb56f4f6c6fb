; Chez Scheme 9.5: what programs of corpora/benchmarks need and it has under another name, or not at all. What it has is
; used as it is, so that nothing is slower than necessary.
(define-syntax assert
  (syntax-rules ()
    ((_ test detail ...) (unless test (error 'assert "assertion failed" detail ...)))))

(define-syntax define-record-type
  (lambda (form)
    (define (field spec)
      (syntax-case spec ()
        ((name accessor) #'(immutable name accessor))
        ((name accessor modifier) #'(mutable name accessor modifier))))
    (syntax-case form ()
      ((_ type (maker argument ...) predicate spec ...)
       (with-syntax (((field ...) (map field #'(spec ...))))
         #'(native:define-record-type (type maker predicate) (fields field ...)))))))

(define (square x) (* x x))
(define (vector-copy v . range)
  (let* ((start (if (pair? range) (car range) 0))
         (end (if (and (pair? range) (pair? (cdr range))) (cadr range) (vector-length v)))
         (copy (make-vector (- end start))))
    (do ((i start (+ i 1))) ((= i end) copy) (vector-set! copy (- i start) (vector-ref v i)))))
(define write-string
  (case-lambda ((s) (put-string (current-output-port) s)) ((s port) (put-string port s))))
(define read-line
  (case-lambda (() (get-line (current-input-port))) ((port) (get-line port))))

(define (sort items less?) (if (vector? items) (vector-sort less? items) (native:sort less? items)))

(define call-with-output-string call-with-string-output-port)
(define error-object-message condition-message)
(define error-object-irritants condition-irritants)
