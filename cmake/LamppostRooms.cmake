# lamppost_room(NAME SOURCES a.cpp ... USES room_or_part ...): one static library a room.
# With COLD a room, or some of its sources, is optimised for size: what no reading passes through.
# lamppost_test(ROOM SOURCES a_test.cpp ... [USES ...] [LABEL unit]): one doctest program a room.

# Where pointers have 32 bits, files and times have 64 all the same (Debian 13 does so by itself). No interface of
# a library that we call may then carry off_t, time_t, timeval or timespec: docs/packaging.md.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  add_compile_definitions(_FILE_OFFSET_BITS=64 _TIME_BITS=64)
endif()

add_library(lamppost_warnings INTERFACE)
target_compile_options(lamppost_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast>
  $<$<BOOL:${LAMPPOST_WERROR}>:-Werror>)

function(lamppost_room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;COLD;USES")
  add_library(lamppost_${name} STATIC ${ROOM_SOURCES} ${ROOM_COLD})
  set_source_files_properties(${ROOM_COLD} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
  target_include_directories(lamppost_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(lamppost_${name} PUBLIC ${ROOM_USES} PRIVATE lamppost_warnings)
endfunction()

# Of a template that several rooms use the linker keeps the first it meets, be it made for size or for speed. So
# the rooms that every reading passes come first; what of them nobody calls, --gc-sections takes away again.
function(lamppost_hot_rooms_first program)
  foreach(room IN ITEMS core formats mapping ngsi_ld outbox ingest)
    list(APPEND archives $<TARGET_FILE:lamppost_${room}>)
  endforeach()
  target_link_libraries(${program} PRIVATE -Wl,--whole-archive ${archives} -Wl,--no-whole-archive)
endfunction()

function(lamppost_test room)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "" "LABEL" "SOURCES;USES")
  if(NOT TEST_LABEL)
    set(TEST_LABEL unit)
  endif()
  add_executable(${room}_test ${TEST_SOURCES})
  target_link_libraries(${room}_test PRIVATE ${TEST_USES} test_support lamppost_warnings)
  target_compile_definitions(${room}_test PRIVATE
    LAMPPOST_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LAMPPOST_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${room} COMMAND ${room}_test)
  set_tests_properties(${room} PROPERTIES LABELS ${TEST_LABEL} SKIP_RETURN_CODE 77)
endfunction()
