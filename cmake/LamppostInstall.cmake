# Where things go on a gateway; the package is made of these rules. Expects -DCMAKE_INSTALL_PREFIX=/usr.
include(GNUInstallDirs)
if(TARGET lamppost)
  install(TARGETS lamppost RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

  # systemd reads these below lib on every architecture.
  install(FILES systemd/lamppost.service DESTINATION lib/systemd/system)
  install(FILES systemd/lamppost.sysusers DESTINATION lib/sysusers.d RENAME lamppost.conf)
  install(FILES systemd/lamppost.sysctl DESTINATION lib/sysctl.d RENAME 50-lamppost.conf)
  install(FILES systemd/lamppost.tmpfiles DESTINATION lib/tmpfiles.d RENAME lamppost.conf)

  # The annotated configuration belongs to the operator from then on: an upgrade leaves it alone.
  install(CODE "
    if(NOT EXISTS \"\$ENV{DESTDIR}/etc/lamppost/lamppost.toml\")
      file(INSTALL \"${CMAKE_SOURCE_DIR}/config/lamppost.toml\" DESTINATION /etc/lamppost)
    endif()")
  install(DIRECTORY DESTINATION /etc/lamppost/conf.d)

  foreach(kind IN ITEMS models profiles layouts contexts schemas examples)
    if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/config/${kind})
      install(DIRECTORY config/${kind} DESTINATION ${CMAKE_INSTALL_DATADIR}/lamppost)
    endif()
  endforeach()
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
endif()
