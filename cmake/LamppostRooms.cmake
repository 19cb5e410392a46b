# lamppost_room(NAME SOURCES a.cpp ... USES room_or_part ...): one static library a room.
# lamppost_test(ROOM SOURCES a_test.cpp ... [USES ...] [LABEL unit]): one doctest program a room.

add_library(lamppost_warnings INTERFACE)
target_compile_options(lamppost_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast>
  $<$<BOOL:${LAMPPOST_WERROR}>:-Werror>)

function(lamppost_room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;USES")
  add_library(lamppost_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(lamppost_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(lamppost_${name} PUBLIC ${ROOM_USES} PRIVATE lamppost_warnings)
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
