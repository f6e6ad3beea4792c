# For other programs: libwasm_bpf.so and libwasm_bpf.a, of all that `library` needs, third-party parts included.
if(WASM_BPF_FUZZ OR WASM_BPF_SANITIZE_THREADS)
  return()
endif()

# It exports what src/library/exports.map lists. Libraries whose functions are public come as objects: a linker leaves out of an
# archive what nothing calls.
set(exports ${CMAKE_CURRENT_SOURCE_DIR}/library/exports.map)
add_library(wasm_bpf SHARED $<TARGET_OBJECTS:library> $<TARGET_OBJECTS:metrics>)
target_link_libraries(wasm_bpf PRIVATE runtime engine_wasmtime metrics_http)
target_link_options(wasm_bpf PRIVATE LINKER:--version-script=${exports})
set_target_properties(wasm_bpf PROPERTIES LINK_DEPENDS ${exports} LINKER_LANGUAGE CXX SOVERSION 0 VERSION ${PROJECT_VERSION}
                      LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
target_include_directories(wasm_bpf INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)

# The static one is a single object, in which all else has lost its name (docs/decisions/0012-c-api.md).
set(archives "")
foreach(name IN ITEMS wasmtime libbpf)
  get_target_property(archive deps::${name} IMPORTED_LOCATION)
  list(APPEND archives ${archive})
endforeach()
if(WASM_BPF_SANITIZE OR WASM_BPF_COVERAGE OR NOT "${archives}" MATCHES "[.]a;.*[.]a$")
  message(STATUS "No static library: it takes Wasmtime and libbpf as archives, and a build without sanitizers and coverage")
  return()
endif()
foreach(part IN ITEMS library runtime engine_wasmtime host_api bpf policy metrics_http metrics wasm_file guest_abi api)
  list(APPEND archives $<TARGET_FILE:${part}>)
  list(APPEND parts ${part})
endforeach()
# The compiler's own linker: LLVM's does not settle --wrap in an object.
set(merge ${PROJECT_SOURCE_DIR}/cmake/static_library/merge)
set(object ${CMAKE_CURRENT_BINARY_DIR}/wasm_bpf.o)
add_custom_command(OUTPUT ${object} COMMAND ${merge} ld.bfd ${CMAKE_OBJCOPY} ${CMAKE_NM} $<TARGET_FILE:wasm_bpf> ${object} ${archives}
                   DEPENDS ${merge} wasm_bpf ${parts} ${archives} COMMENT "Merging libwasm_bpf.a" VERBATIM)
add_library(wasm_bpf_static STATIC ${object})
set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
set_target_properties(wasm_bpf_static PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME wasm_bpf ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
target_include_directories(wasm_bpf_static INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
set(WASM_BPF_STATIC_NEEDS elf z stdc++ m dl pthread)
set(WASM_BPF_STATIC_NEEDS ${WASM_BPF_STATIC_NEEDS} PARENT_SCOPE)
target_link_libraries(wasm_bpf_static INTERFACE ${WASM_BPF_STATIC_NEEDS})
