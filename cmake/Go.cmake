# For the tests: WASM_BPF_GO, a Go that compiles guests, which scripts/go brings where there is none; and
# wasm_bpf_go_guest(FOLDER MODULE): by the command that a user would give. Its skeletons, objects and go.work come to lie beside the
# sources, where git does not see them.
set(WASM_BPF_GO "" CACHE FILEPATH "Go 1.24 or newer, for guests in Go")
if(NOT WASM_BPF_GO)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/scripts/go OUTPUT_VARIABLE go_found OUTPUT_STRIP_TRAILING_WHITESPACE
                  RESULT_VARIABLE go_failed)
  if(go_failed)
    message(FATAL_ERROR "scripts/go failed: see above")
  endif()
  set(WASM_BPF_GO ${go_found} CACHE FILEPATH "Go 1.24 or newer, for guests in Go" FORCE)
endif()

file(GLOB_RECURSE WASM_BPF_GO_SDK CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sdk/go/*.go)
function(wasm_bpf_go_guest folder module)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.bpf.c ${folder}/*.go ${folder}/go.mod)
  list(FILTER sources EXCLUDE REGEX "_bpf[.]go$")
  # The command leaves a current output as it is; ninja compares its time.
  add_custom_command(OUTPUT ${module} DEPENDS wasm-bpf ${sources} ${WASM_BPF_GO_SDK} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E env WASM_BPF_GO=${WASM_BPF_GO}
            $<TARGET_FILE:wasm-bpf> build ${folder} -o ${module} --bpf-cflags "-Wall -Werror"
    COMMAND ${CMAKE_COMMAND} -E touch ${module}
    COMMENT "Building ${module}")
endfunction()
