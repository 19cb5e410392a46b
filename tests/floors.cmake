# cmake [-DROOT=tree] -P tests/floors.cmake
# Nobody climbs: reads every #include "..." of src/ and drivers/ and refuses those that the picture
# below does not draw. Prints file:line and the edge. A room may always include itself.
cmake_minimum_required(VERSION 3.25)
if(NOT ROOT)
  cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH ROOT)
endif()

# floor 0
set(may_core unit_table.inc)  # generated: units.tsv as text
# floor 1
set(may_config core)
set(may_model core config)
set(may_mapping core config model)
set(may_ngsi_ld core)
set(may_outbox core)
set(may_drivers core)  # driver.h, transport.h, catalogue.{h,cpp}
foreach(driver IN ITEMS formats mqtt coap)
  set(may_drivers/${driver} core drivers)
endforeach()
# floor 2
set(floor_1 config model mapping ngsi_ld outbox drivers)
set(may_ingest core ${floor_1})
set(may_broker core ${floor_1})
set(may_status core ${floor_1} broker/forwarder.h)  # draws a destination's state
# floor 3
set(below core ${floor_1} drivers/formats drivers/mqtt drivers/coap ingest broker status
          version.h)  # generated: the number of this build
set(may_daemon ${below})
set(may_cli ${below} daemon)  # `lamppost run` starts the daemon
set(may_main core daemon cli)

# The room of a path: "drivers/coap" and "drivers" are rooms, "src/" is not part of the name.
function(room_of path out)
  string(REGEX REPLACE "^src/" "" path "${path}")
  if(path MATCHES "^(drivers/[^/]+)/")
    set(room ${CMAKE_MATCH_1})
  elseif(path MATCHES "^([^/]+)/")
    set(room ${CMAKE_MATCH_1})
  else()
    set(room main)
  endif()
  set(${out} ${room} PARENT_SCOPE)
endfunction()

# Line numbers are worth a second look at the file only when something is wrong with it.
function(line_of file text out)
  file(READ ${ROOT}/${file} content)
  string(FIND "${content}" "\"${text}\"" at)
  string(SUBSTRING "${content}" 0 ${at} before)
  string(REGEX REPLACE "[^\n]" "" before "${before}")
  string(LENGTH "${before}" lines)
  math(EXPR line "${lines} + 1")
  set(${out} ${line} PARENT_SCOPE)
endfunction()

set(climbs 0)
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/src/*.h ${ROOT}/src/*.cpp ${ROOT}/drivers/*.h ${ROOT}/drivers/*.cpp)
list(LENGTH files count)
if(count EQUAL 0)
  message(FATAL_ERROR "floors: no source below ${ROOT}")
endif()
foreach(file IN LISTS files)
  room_of(${file} room)
  file(STRINGS ${ROOT}/${file} includes REGEX "^[ \t]*#[ \t]*include[ \t]*\"")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*$" "\\1" target "${include}")
    room_of(${target} floor)
    if(floor STREQUAL room OR floor IN_LIST may_${room} OR target IN_LIST may_${room})
      continue()
    endif()
    line_of(${file} ${target} line)
    message("${file}:${line}: ${room} may not include ${target} (${room} -> ${floor})")
    math(EXPR climbs "${climbs} + 1")
  endforeach()
endforeach()
if(climbs GREATER 0)
  message(FATAL_ERROR "floors: ${climbs} of the includes in ${count} files climb; the picture is in tests/floors.cmake")
endif()
message("floors: ${count} files, nobody climbs")
