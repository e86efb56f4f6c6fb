; The names of the common subset of OmniLisp and Scheme: what programs for other implementations may use.
;
; Two lists: keywords, then variables. Where the preludes define omni:NAME, that is what NAME means; all other
; names are the implementation's own.

(define lambda fn let let* letrec letrec* if cond case when unless and or do begin set! quote quasiquote unquote
 unquote-splicing guard else => ... _ define-syntax let-syntax letrec-syntax syntax-rules syntax-error case-lambda parameterize
 delay delay-force let-values let*-values define-values receive define-record-type)

(true false nothing
 + - * / quotient remainder modulo % = < > <= >= zero? positive? negative? odd? even? max min abs square gcd lcm expt
 sqrt exp log sin cos tan asin acos atan floor ceiling round truncate exact inexact number? integer? float? nan? exact-integer?
 real? rational? complex? exact? inexact? finite? infinite? bitwise-and bitwise-ior bitwise-xor bitwise-not
 arithmetic-shift number->string string->number
 magnitude numerator denominator exact-rational? floor/ truncate/ exact-integer-sqrt
 eq? eqv? equal? not boolean? nothing? char? string? symbol? pair? null? vector? procedure? list? eof-object?
 boolean=? symbol=?
 cons car cdr list cons* caar cadr cdar cddr caddr cdddr cadddr set-car! set-cdr! length reverse append list-copy
 last-pair list-tail list-ref list-set! make-list memq memv member assq assv assoc
 symbol->string string->symbol gensym
 char->integer integer->char char=? char<? char>? char<=? char>=? char-upcase char-downcase char-foldcase
 char-alphabetic? char-numeric? char-whitespace? char-upper-case? char-lower-case? digit-value
 char-ci=? char-ci<? char-ci>? char-ci<=? char-ci>=?
 make-string string string-length string-ref string-set! substring string-append string-copy string->list list->string
 string->vector vector->string string=? string<? string>? string<=? string>=? string-upcase string-downcase
 string-foldcase string-ci=? string-ci<? string-ci>? string-ci<=? string-ci>=?
 make-vector vector vector-length vector-ref vector-set! vector-fill! vector-copy vector-append vector->list list->vector
 bytevector? make-bytevector bytevector bytevector-length bytevector-u8-ref bytevector-u8-set! bytevector-fill!
 bytevector-copy bytevector-copy! bytevector-append string->utf8 utf8->string
 apply map for-each vector-map vector-for-each filter delete any every list-index take drop fold foldl foldr reduce
 count remove filter-map append-map list-tabulate delete-duplicates last floor-quotient floor-remainder truncate-quotient
 truncate-remainder exact->inexact inexact->exact string-map string-for-each
 string-fill! string-copy! vector-copy!
 compose flip identity range iota sort string-join
 raise error assert error-object? condition? condition-kind error-object-message error-object-irritants
 display write print newline write-string write-char read-line eof-object
 call/cc call-with-current-continuation dynamic-wind values call-with-values with-exception-handler raise-continuable
 make-parameter force make-promise promise?)
