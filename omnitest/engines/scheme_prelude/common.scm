; What OmniLisp decides and other implementations of Scheme do otherwise, for all of them.
;
; Each prelude defines, before this file: the-nothing (what expressions without a value give here), wrong (raises an
; error of the implementation's own), stop and set-stop! (stop ends the program at once, for a reason outside of the
; language), signal (raise), call-with-handler (with-exception-handler), make-condition, own-condition?, own-kind,
; own-message, own-irritants (conditions that the program made), native-error?, native-error-fields (the record of such an
; error, from its tag on, without the output), native-define, bits-and, bits-ior, bits-xor, bits-not, shift-bits,
; real-power, integer-root, number-of-text, a-promise?, record-parts (the name of a record's type and its fields; #f for
; anything else); and after it: fresh-environment, evaluate, all-forms, file-text, write-file, request-line.

; ---- values ----

(define omni:true #t)
(define omni:false #f)
(define omni:nothing the-nothing)
(define (omni:nothing? x) (eq? x the-nothing))
(define (omni:not x) (or (not x) (eq? x the-nothing)))

(define (an-integer? x) (and (number? x) (exact? x) (integer? x)))
(define (a-float? x) (and (number? x) (inexact? x)))
(define (not-a-number? x) (and (a-float? x) (not (= x x))))
(define not-a-number (- (/ 1.0 0.0) (/ 1.0 0.0)))
(define infinity (/ 1.0 0.0))

(define (check holds? who x) (if (holds? x) x (wrong who x)))
(define (check-all holds? who items) (for-each (lambda (x) (check holds? who x)) items))
(define (an-index? x) (and (an-integer? x) (>= x 0)))

(include "numbers.scm")
(include "printing.scm")
(include "library.scm")

; ---- errors ----

(define (omni:error message . irritants)
  (signal (make-condition 'user-error (if (string? message) (string-copy message) (text-of message #t)) irritants)))
(define (omni:assert x . more)
  (cond ((true? x) the-nothing)
        ((null? more) (signal (make-condition 'assertion-failed "assertion failed" '())))
        (else
         (signal (make-condition 'assertion-failed
                                (if (string? (car more)) (car more) (text-of (car more) #t))
                                (cdr more))))))
(define (omni:condition? x) (or (own-condition? x) (native-error? x)))
(define omni:error-object? omni:condition?)
(define (of-condition who part)
  (lambda (x)
    (cond ((own-condition? x) (part x))
          ((native-error? x) (incomparable "the parts of an error that the implementation raised"))
          (else (wrong who x)))))
(define omni:condition-kind (of-condition "condition-kind" own-kind))
(define omni:error-object-message (of-condition "error-object-message" own-message))
(define omni:error-object-irritants (of-condition "error-object-irritants" own-irritants))

; ---- keywords ----

(define-syntax omni:define
  (syntax-rules ()
    ((_ ((name . first) . second) body ...) (omni:define (name . first) (lambda second body ...)))
    ((_ name body ...) (native-define name body ...))))

(define-syntax omni:fn
  (lambda (form)
    (define (names? x)
      (syntax-case x ()
        (() #t)
        ((name . rest) (identifier? (syntax name)) (names? (syntax rest)))
        (rest (identifier? (syntax rest)))))
    (syntax-case form ()
      ((_ self parameters body0 body ...)
       (and (identifier? (syntax self)) (not (identifier? (syntax parameters))) (names? (syntax parameters)))
       (syntax (letrec ((self (lambda parameters body0 body ...))) self)))
      ((_ parameters body0 body ...) (syntax (lambda parameters body0 body ...))))))

; ---- running a program ----

(define (definition? form)
  (and (pair? form) (memq (car form) '(define define-values define-syntax define-record-type)) #t))

; Evaluates the program's text and gives the record of what came of it: a list of strings.
(define (run-program text standard-input limit)
  (set! written '())
  (set! written-size 0)
  (set! size-limit limit)
  (set! input (string->list standard-input))
  (set! gensyms 0)
  (call-with-current-continuation
    (lambda (escape)
      (define record #f)
      ; What the program would still write or raise while it is being left does not count.
      (define (finish tag . fields)
        (if (not record) (set! record (cons tag (cons (apply string-append (reverse written)) fields))))
        (escape record))
      (define (describe object)
        (cond ((own-condition? object)
               (apply finish "condition" (symbol->string (own-kind object)) (own-message object)
                      (map (lambda (x) (text-of x #t)) (own-irritants object))))
              ((native-error? object) (apply finish (native-error-fields object)))
              (else (finish "condition" "raised" "uncaught object" (text-of object #t)))))
      (set-stop! finish)
      (call-with-handler
        describe
        (lambda ()
          (let ((environment (fresh-environment)) (forms (all-forms text)))
            (let loop ((forms forms) (value the-nothing))
              (if (null? forms)
                  (finish "value" (text-of value #t))
                  (loop (cdr forms)
                        (call-with-values
                          (lambda () (evaluate (car forms) environment))
                          (lambda values
                            (cond ((definition? (car forms)) the-nothing)
                                  ((and (pair? values) (null? (cdr values))) (car values))
                                  (else (incomparable "several values end the program"))))))))))))))

; A record in a file: each field is the number of its characters, and then these.
(define (write-record fields port)
  (define (put text) (string-for-each (lambda (c) (write-char c port)) text))
  (put "omni-foreign 1\n")
  (for-each
    (lambda (field)
      (put (number->string (string-length field)))
      (put "\n")
      (put field)
      (put "\n"))
    fields)
  (put "complete\n"))

; Requests come as lines: the paths of the program, of its input and of the record, and the limit of its output.
(define (answer)
  (newline (current-output-port))
  (flush-output-port (current-output-port)))
(define (serve)
  (answer)
  (let loop ()
    (let ((program (request-line)))
      (if (not (eof-object? program))
          (let* ((input (request-line)) (record (request-line)) (limit (string->number (request-line))))
            (write-file record (lambda (port) (write-record (run-program (file-text program) (file-text input) limit) port)))
            (answer)
            (loop))))))
