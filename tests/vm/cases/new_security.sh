# What `wasm-bpf new --kind security` makes, in each language: its own test's steps.
printf '#!/bin/sh\nexit 0\n' >denied-program
chmod +x denied-program
for language in ${languages:-c cpp rust}; do
    ./denied-program || fail 'the program does not run without the guest'
    start new-security-$language denied-program
    denied() { ! ./denied-program 2>/dev/null; }
    within denied || fail 'the program still runs'
    sees 'denied: denied-program$'
    case $language in rust | go) stops 0 ;; *) stops ;; esac # those end by themselves
    ./denied-program || fail 'the program is denied after the guest has ended'
done
