# The third-party parts as targets: deps::wasmtime, deps::libbpf, fmt::fmt, and (tests) GTest.
# Installed copies of Wasmtime's C API and libbpf can be used instead of those that deps/build makes:
set(WASM_BPF_WASMTIME_ROOT "" CACHE PATH "Folder with include/wasmtime.h and lib/ of an installed Wasmtime 48 C API")
set(WASM_BPF_LIBBPF_ROOT "" CACHE PATH "Folder with include/bpf/libbpf.h and lib/ of an installed libbpf, at least 1.7")
set(WASM_BPF_LIBBPF_SOURCE "" CACHE PATH "Folder with src/btf.c of the installed libbpf's source, for guests")

if(WASM_BPF_WASMTIME_ROOT AND WASM_BPF_LIBBPF_ROOT)
  set(deps_prefix "")
else()
  message(STATUS "Third-party parts: deps/build")
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/deps/build OUTPUT_VARIABLE deps_prefix OUTPUT_STRIP_TRAILING_WHITESPACE
                  RESULT_VARIABLE deps_failed)
  if(deps_failed)
    message(FATAL_ERROR "deps/build failed: see above")
  endif()
  message(STATUS "Third-party parts: ${deps_prefix}")
endif()
file(GLOB_RECURSE deps_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/deps/src/*.rs ${PROJECT_SOURCE_DIR}/wit/*.wit)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${PROJECT_SOURCE_DIR}/deps/Cargo.lock ${PROJECT_SOURCE_DIR}/deps/Cargo.toml ${PROJECT_SOURCE_DIR}/deps/build
             ${PROJECT_SOURCE_DIR}/sdk/rust/src/abi.rs ${deps_sources})

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_path(tomlplusplus_include toml++/toml.h REQUIRED)
find_path(nlohmann_json_include nlohmann/json.hpp REQUIRED)

# name, folder given by the user, folder of deps/build, header to find, library names
function(wasm_bpf_find_dependency name given built header)
  set(root ${built})
  if(given)
    set(root ${given})
  endif()
  find_path(${name}_include ${header} PATHS ${root}/include NO_DEFAULT_PATH REQUIRED)
  # Where they really are: the compiler's commands, and caches of what it made, stay the same where headers do.
  get_filename_component(folder ${${name}_include} REALPATH)
  set(${name}_include ${folder} CACHE PATH "" FORCE)
  find_library(${name}_library NAMES ${ARGN} PATHS ${root}/lib ${root}/lib64 NO_DEFAULT_PATH REQUIRED)
  add_library(deps::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(deps::${name} PROPERTIES IMPORTED_LOCATION ${${name}_library}
                        INTERFACE_INCLUDE_DIRECTORIES ${${name}_include})
endfunction()

# An imported location remembered from another deps/build would hide the new one.
foreach(name IN ITEMS wasmtime libbpf)
  if(deps_prefix AND NOT "${deps_prefix}" STREQUAL "${WASM_BPF_DEPS_PREFIX}")
    unset(${name}_include CACHE)
    unset(${name}_library CACHE)
  endif()
endforeach()
set(WASM_BPF_DEPS_PREFIX "${deps_prefix}" CACHE INTERNAL "")

wasm_bpf_find_dependency(wasmtime "${WASM_BPF_WASMTIME_ROOT}" "${deps_prefix}/wasmtime" wasmtime.h wasm_bpf_deps wasmtime)
target_link_libraries(deps::wasmtime INTERFACE Threads::Threads ${CMAKE_DL_LIBS} m)
wasm_bpf_find_dependency(libbpf "${WASM_BPF_LIBBPF_ROOT}" "${deps_prefix}/libbpf" bpf/libbpf.h bpf)
target_link_libraries(deps::libbpf INTERFACE elf z)

# The engine of wasm-bpf-min and libbpf, for size (docs/minimal.md).
option(WASM_BPF_MINIMAL "Build wasm-bpf-min" ON)
set(WASM_BPF_WASM_C_API_LIBRARY "" CACHE STRING "Library, or libraries, of another engine with wasm.h for wasm-bpf-min; empty: wasmi")
set(WASM_BPF_WASM_C_API_INCLUDE_DIR "" CACHE PATH "Folder with that engine's wasm.h")
set(WASM_BPF_WASM_C_API_NAME "an engine with wasm.h" CACHE STRING "That engine's name, for --version")
if(WASM_BPF_FUZZ OR WASM_BPF_SANITIZE OR WASM_BPF_SANITIZE_THREADS)
  set(WASM_BPF_MINIMAL OFF)
endif()
if(WASM_BPF_MINIMAL)
  message(STATUS "Third-party parts: deps/build_min")
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/deps/build_min OUTPUT_VARIABLE min_prefix OUTPUT_STRIP_TRAILING_WHITESPACE
                  RESULT_VARIABLE min_failed)
  if(min_failed)
    message(FATAL_ERROR "deps/build_min failed: see above")
  endif()
  file(GLOB_RECURSE min_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/deps/min/*)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${min_sources} ${PROJECT_SOURCE_DIR}/deps/build_min)
  add_library(deps::libbpf_min INTERFACE IMPORTED GLOBAL)
  set(min_libbpf ${min_prefix}/libbpf)
  if(WASM_BPF_LIBBPF_ROOT)
    set(min_libbpf ${WASM_BPF_LIBBPF_ROOT})
  endif()
  find_library(min_libbpf_library NAMES bpf PATHS ${min_libbpf}/lib ${min_libbpf}/lib64 NO_DEFAULT_PATH NO_CACHE REQUIRED)
  target_include_directories(deps::libbpf_min INTERFACE ${min_libbpf}/include)
  target_link_libraries(deps::libbpf_min INTERFACE ${min_libbpf_library} elf z)
  add_library(deps::wasm_c_api INTERFACE IMPORTED GLOBAL)
  if(WASM_BPF_WASM_C_API_LIBRARY)
    target_include_directories(deps::wasm_c_api INTERFACE ${WASM_BPF_WASM_C_API_INCLUDE_DIR})
    target_link_libraries(deps::wasm_c_api INTERFACE ${WASM_BPF_WASM_C_API_LIBRARY} Threads::Threads ${CMAKE_DL_LIBS} m)
  else()
    target_include_directories(deps::wasm_c_api INTERFACE ${min_prefix}/engine/include)
    target_link_libraries(deps::wasm_c_api INTERFACE ${min_prefix}/engine/lib/libwasm_bpf_min_deps.a m)
  endif()
endif()

# Guests have libbpf's own code where it computes alone (sdk/c).
if(WASM_BPF_LIBBPF_SOURCE)
  set(libbpf_source ${WASM_BPF_LIBBPF_SOURCE})
  if(NOT EXISTS ${libbpf_source}/src/btf.c)
    message(FATAL_ERROR "WASM_BPF_LIBBPF_SOURCE: no src/btf.c in ${libbpf_source}")
  endif()
elseif(WASM_BPF_LIBBPF_ROOT)
  set(libbpf_source "")
  message(WARNING "Guests will have no btf__*, btf_dump__* and bpf_prog_linfo__* functions, no bpf_object__btf() and no "
                  "libbpf_strerror(): they are libbpf's own code, and an installed libbpf comes without. Set WASM_BPF_LIBBPF_SOURCE to a folder with its source.")
else()
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/deps/libbpf_source OUTPUT_VARIABLE libbpf_fetched
                  OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE source_failed)
  if(source_failed)
    message(FATAL_ERROR "deps/libbpf_source failed: see above")
  endif()
  # Cargo cleans its registry up when it likes.
  file(COPY ${libbpf_fetched}/src ${libbpf_fetched}/include DESTINATION ${PROJECT_BINARY_DIR}/libbpf_source)
  set(libbpf_source ${PROJECT_BINARY_DIR}/libbpf_source)
endif()
