# The functions that a start goes through (startup_order/functions.txt) lie side by side in the command, so that a process maps the
# pages of these and not those of half the engine: 4.5 MB less resident memory, and fewer page faults. It takes LLVM's linker.
find_program(WASM_BPF_LLD NAMES ld.lld-19 ld.lld DOC "LLVM's linker, which lays the command out")
find_program(WASM_BPF_NM NAMES llvm-nm-19 llvm-nm nm DOC "Lists the functions of the engine")
mark_as_advanced(WASM_BPF_LLD WASM_BPF_NM)

function(wasm_bpf_order_startup target)
  if(NOT WASM_BPF_LLD OR NOT WASM_BPF_NM)
    message(STATUS "Without LLVM's linker (Debian: lld-19) the command takes about 4.5 MB more memory")
    return()
  endif()
  set(folder ${PROJECT_SOURCE_DIR}/cmake/startup_order)
  set(order ${PROJECT_BINARY_DIR}/startup_order.txt)
  get_target_property(engine deps::wasmtime IMPORTED_LOCATION)
  add_custom_command(
    OUTPUT ${order}
    COMMAND ${folder}/expand ${WASM_BPF_NM} ${folder}/functions.txt ${engine} > ${order}
    DEPENDS ${folder}/expand ${folder}/normalize ${folder}/functions.txt ${engine}
    COMMENT "Listing the functions of a start"
    VERBATIM)
  add_custom_target(startup_order DEPENDS ${order})
  add_dependencies(${target} startup_order)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${order})
  # Compilers look for it by this name.
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/linker)
  file(CREATE_LINK ${WASM_BPF_LLD} ${PROJECT_BINARY_DIR}/linker/ld.lld SYMBOLIC)
  target_link_options(${target} PRIVATE -B${PROJECT_BINARY_DIR}/linker -fuse-ld=lld LINKER:--symbol-ordering-file=${order}
                                        LINKER:--no-warn-symbol-ordering)
endfunction()
