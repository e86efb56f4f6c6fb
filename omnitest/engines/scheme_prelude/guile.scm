; The common subset in GNU Guile 3: guile --no-auto-compile guile.scm, in this folder.

(define-module (omni)
  #:use-module (scheme base)
  #:use-module (scheme char)
  #:use-module (scheme inexact)
  #:use-module (scheme lazy)
  #:use-module (srfi srfi-8)
  #:use-module ((ice-9 exceptions) #:select (exception?))
  #:use-module ((ice-9 textual-ports) #:select (get-line get-string-all))
  #:duplicates (last))

(read-enable 'r7rs-symbols)
(read-enable 'r6rs-hex-escapes)
(setlocale LC_ALL "C.UTF-8")
(for-each (lambda (port) (set-port-encoding! port "UTF-8")) (list (current-input-port) (current-output-port)))

(define the-nothing (if #f #f))

(define-record-type <own-condition> (make-condition kind message irritants) own-condition?
  (kind own-kind) (message own-message) (irritants own-irritants))
(define native-error? exception?)
(define (native-error-fields e)
  (case (exception-kind e)
    ((stack-overflow) (list "limit" "stack"))
    ((out-of-memory) (list "limit" "memory"))
    (else
     (list "error"
           (call-with-output-string (lambda (port) (print-exception port #f (exception-kind e) (exception-args e))))))))
(define (wrong who x) (scm-error 'misc-error #f "~A: wrong argument" (list who) #f))

(define stop #f)
(define (set-stop! procedure) (set! stop procedure))

(define bits-and logand)
(define bits-ior logior)
(define bits-xor logxor)
(define bits-not lognot)
(define shift-bits ash)
; Guile multiplies where the exponent is integral, and takes C's pow otherwise.
(define (real-power base exponent)
  (cond ((< base 0.0) (incomparable "a power of a negative float"))
        ((and (finite? exponent) (= exponent (floor exponent))) (incomparable "an integral power of a float"))
        (else (expt base exponent))))
(define (integer-root n)
  (call-with-values (lambda () (exact-integer-sqrt n)) (lambda (root rest) (and (= rest 0) root))))

; An exponent of hundreds is an error here, where others read an infinity.
; Characters beyond ASCII are taken for digits here.
(define (number-of-text text radix)
  (and (string-every char-set:ascii text)
       (guard (e (#t (incomparable "a numeral with a large exponent"))) (string->number text radix))))
(define a-promise? promise?)
(define (omni:promise? x) (promise? x)) ; promise? itself is no variable
(define (omni:make-promise x) (if (promise? x) x (make-promise x)))
(define (omni:force x) (if (promise? x) (force x) x))
(define (record-parts x)
  (and (record? x)
       (let ((type (record-type-descriptor x)))
         (cons (record-type-name type)
               (map (lambda (field) ((record-accessor type field) x)) (record-type-fields type))))))
(define-syntax native-define (syntax-rules () ((_ . rest) (define . rest))))

(include "common.scm")

; ---- programs and files ----

(define the-keywords #f)
(define the-variables #f)
(call-with-input-file "names.scm"
  (lambda (port)
    (define (meaning name)
      (let ((own (module-variable (current-module) (string->symbol (string-append "omni:" (symbol->string name))))))
        (cons name (or own (module-variable (current-module) name)))))
    (set! the-keywords (make-module))
    ; Keywords such as else are recognised by their variables: programs have to share these.
    (for-each (lambda (binding) (module-add! the-keywords (car binding) (cdr binding))) (map meaning (read port)))
    (set! the-variables (map meaning (read port)))))

; A module in which every name has a variable of its own, so that a program can define it anew.
(define (fresh-environment)
  (let ((module (make-module)))
    (module-use! module the-keywords)
    (for-each
      (lambda (binding) (module-add! module (car binding) (make-variable (variable-ref (cdr binding)))))
      the-variables)
    module))
(define evaluate eval)

(define (all-forms text)
  (call-with-input-string text
    (lambda (port)
      (let loop ((forms '()))
        (let ((form (read port))) (if (eof-object? form) (reverse forms) (loop (cons form forms))))))))
(define (file-text path) (call-with-input-file path get-string-all #:encoding "UTF-8"))
(define (write-file path writer) (call-with-output-file path writer #:encoding "UTF-8"))
(define (request-line) (get-line (current-input-port)))

(serve)
