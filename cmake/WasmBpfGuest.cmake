# wasm_bpf_add_guest(NAME SOURCES file… [INCLUDE_DIRECTORIES folder…] [DEFINITIONS NAME[=VALUE]…]
#                    [COMPILE_OPTIONS flag…] [BPF_COMPILE_OPTIONS flag…] [OUTPUT file] [RELEASE] [EXCLUDE_FROM_ALL])
#
# A target NAME that builds NAME.wasm (its path: the target's property WASM_BPF_MODULE) by `wasm-bpf build`. The command
# knows what a source includes, and so does the build where the generator is Ninja or Makefiles. With
# CMAKE_EXPORT_COMPILE_COMMANDS the sources' commands are in compile_commands.json beside the module.
function(wasm_bpf_add_guest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "RELEASE;EXCLUDE_FROM_ALL" "OUTPUT"
                        "SOURCES;INCLUDE_DIRECTORIES;DEFINITIONS;COMPILE_OPTIONS;BPF_COMPILE_OPTIONS")
  set(sources ${arg_SOURCES} ${arg_UNPARSED_ARGUMENTS})
  if(NOT sources)
    message(FATAL_ERROR "wasm_bpf_add_guest(${name}): name its sources: ${name}.bpf.c ${name}.c")
  endif()
  list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ REGEX "^[^/]")
  list(TRANSFORM arg_INCLUDE_DIRECTORIES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ REGEX "^[^/]")
  set(module ${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm)
  if(arg_OUTPUT)
    cmake_path(ABSOLUTE_PATH arg_OUTPUT BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} OUTPUT_VARIABLE module)
  endif()
  cmake_path(GET module PARENT_PATH folder)

  set(options "")
  foreach(include IN LISTS arg_INCLUDE_DIRECTORIES)
    list(APPEND options -I ${include})
  endforeach()
  foreach(definition IN LISTS arg_DEFINITIONS)
    list(APPEND options -D ${definition})
  endforeach()
  list(JOIN arg_COMPILE_OPTIONS " " flags)
  list(JOIN arg_BPF_COMPILE_OPTIONS " " bpf_flags)
  if(flags)
    list(APPEND options --cflags=${flags})
  endif()
  if(bpf_flags)
    list(APPEND options --bpf-cflags=${bpf_flags})
  endif()
  if(arg_RELEASE)
    list(APPEND options --release)
  endif()
  if(CMAKE_EXPORT_COMPILE_COMMANDS)
    list(APPEND options --compile-commands ${folder}/compile_commands.json)
  endif()

  file(MAKE_DIRECTORY ${folder})
  set(depfile "")
  if(CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    set(depfile DEPFILE ${module}.d)
    list(APPEND options --depfile ${module}.d)
  endif()
  # The command leaves a module that is current as it is; the build compares its time.
  add_custom_command(OUTPUT ${module} DEPENDS ${WASM_BPF_COMMAND} ${sources} ${depfile} VERBATIM
                     COMMAND ${WASM_BPF_COMMAND} build ${sources} -o ${module} ${options}
                     COMMAND ${CMAKE_COMMAND} -E touch ${module}
                     COMMENT "Building the guest ${name}.wasm")
  if(arg_EXCLUDE_FROM_ALL)
    add_custom_target(${name} DEPENDS ${module})
  else()
    add_custom_target(${name} ALL DEPENDS ${module})
  endif()
  set_target_properties(${name} PROPERTIES WASM_BPF_MODULE ${module})
endfunction()
