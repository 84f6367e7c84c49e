<?xml version="1.0" encoding="UTF-8"?>
<!--
  Reads what Mappings/inbound/tpp/view-appointments.yaml reads and writes the same canonical JSON, for processors of
  XSLT 1.0. London's clocks as they are changed since 1996. An appointment without a readable start is left out, as the
  mapping leaves it out, but without an issue that says so.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:strip-space elements="*"/>

  <xsl:param name="time"/>
  <xsl:param name="digest"/>
  <xsl:param name="odsCode"/>
  <xsl:param name="section"/>
  <xsl:param name="from"/>
  <xsl:param name="to"/>

  <xsl:template match="/ViewAppointmentsReply">
    <xsl:text>{"mapping":"tpp/view-appointments","source":{"system":"tpp","message":"ViewAppointmentsReply"</xsl:text>
    <xsl:call-template name="field">
      <xsl:with-param name="name">id</xsl:with-param>
      <xsl:with-param name="value" select="@uuid"/>
    </xsl:call-template>
    <xsl:text>,"time":"</xsl:text>
    <xsl:value-of select="$time"/>
    <xsl:text>","timeKind":"accepted","digest":"</xsl:text>
    <xsl:value-of select="$digest"/>
    <xsl:text>"},"practice":{"odsCode":"</xsl:text>
    <xsl:value-of select="$odsCode"/>
    <xsl:text>"},"patient":{"localId":</xsl:text>
    <xsl:call-template name="string">
      <xsl:with-param name="text" select="@patientId"/>
    </xsl:call-template>
    <xsl:text>}</xsl:text>
    <xsl:variable name="booked"
      select="Appointment[starts-with(translate(substring(@startDate, 1, 19), '123456789', '000000000'), '0000-00-00T00:00:00')]"/>
    <xsl:if test="$booked">
      <xsl:text>,"bookings":[</xsl:text>
      <xsl:for-each select="$booked">
        <xsl:if test="position() &gt; 1">,</xsl:if>
        <xsl:apply-templates select="."/>
      </xsl:for-each>
      <xsl:text>]</xsl:text>
    </xsl:if>
    <xsl:if test="$section = 'future'">
      <xsl:text>,"complete":{"bookings":{"from":"</xsl:text>
      <xsl:value-of select="$from"/>
      <xsl:text>","to":"</xsl:text>
      <xsl:value-of select="$to"/>
      <xsl:text>"}}</xsl:text>
    </xsl:if>
    <xsl:variable name="leftOut" select="Appointment[@address]"/>
    <xsl:if test="$leftOut">
      <xsl:text>,"issues":[{"severity":"information","code":"address-left-out","path":"ViewAppointmentsReply/Appointment</xsl:text>
      <xsl:if test="count(Appointment) &gt; 1">
        <xsl:value-of select="concat('[', count($leftOut[1]/preceding-sibling::Appointment) + 1, ']')"/>
      </xsl:if>
      <xsl:text>/@address","count":</xsl:text>
      <xsl:value-of select="count($leftOut)"/>
      <xsl:text>}]</xsl:text>
    </xsl:if>
    <xsl:text>}</xsl:text>
  </xsl:template>

  <xsl:template match="Appointment">
    <xsl:text>{"id":</xsl:text>
    <xsl:call-template name="string">
      <xsl:with-param name="text" select="@apptId"/>
    </xsl:call-template>
    <xsl:text>,"status":"booked","start":"</xsl:text>
    <xsl:call-template name="london">
      <xsl:with-param name="time" select="@startDate"/>
    </xsl:call-template>
    <xsl:text>"</xsl:text>
    <xsl:if test="starts-with(translate(substring(@endDate, 1, 19), '123456789', '000000000'), '0000-00-00T00:00:00')">
      <xsl:text>,"end":"</xsl:text>
      <xsl:call-template name="london">
        <xsl:with-param name="time" select="@endDate"/>
      </xsl:call-template>
      <xsl:text>"</xsl:text>
    </xsl:if>
    <xsl:call-template name="field">
      <xsl:with-param name="name">serviceType</xsl:with-param>
      <xsl:with-param name="value" select="@details"/>
    </xsl:call-template>
    <xsl:if test="@siteName != ''">
      <xsl:text>,"location":{"name":</xsl:text>
      <xsl:call-template name="string">
        <xsl:with-param name="text" select="@siteName"/>
      </xsl:call-template>
      <xsl:text>}</xsl:text>
    </xsl:if>
    <xsl:text>}</xsl:text>
  </xsl:template>

  <!-- A time on the surgery's wall, with the offset that London has then. -->
  <xsl:template name="london">
    <xsl:param name="time"/>
    <xsl:variable name="month" select="number(substring($time, 6, 2))"/>
    <xsl:choose>
      <xsl:when test="$month &gt; 3 and $month &lt; 10">
        <xsl:value-of select="concat(substring($time, 1, 19), '+01:00')"/>
      </xsl:when>
      <xsl:when test="$month &lt; 3 or $month &gt; 10">
        <xsl:value-of select="concat(substring($time, 1, 19), '+00:00')"/>
      </xsl:when>
      <xsl:otherwise>
        <!-- The last Sunday of March or October, by the day of the week of the 31st. -->
        <xsl:variable name="year" select="number(substring($time, 1, 4))"/>
        <xsl:variable name="shift" select="2 + 4 * ($month = 10)"/>
        <xsl:variable name="weekday"
          select="($year + floor($year div 4) - floor($year div 100) + floor($year div 400) + $shift + 31) mod 7"/>
        <xsl:variable name="hours"
          select="(number(substring($time, 9, 2)) - 31 + $weekday) * 24 + number(substring($time, 12, 2))"/>
        <xsl:choose>
          <xsl:when test="$month = 3 and $hours = 1">
            <xsl:value-of select="substring($time, 1, 10)"/>
          </xsl:when>
          <xsl:when test="($month = 3) = ($hours &gt; 1)">
            <xsl:value-of select="concat(substring($time, 1, 19), '+01:00')"/>
          </xsl:when>
          <xsl:otherwise>
            <xsl:value-of select="concat(substring($time, 1, 19), '+00:00')"/>
          </xsl:otherwise>
        </xsl:choose>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="field">
    <xsl:param name="name"/>
    <xsl:param name="value"/>
    <xsl:if test="$value != ''">
      <xsl:value-of select="concat(',&quot;', $name, '&quot;:')"/>
      <xsl:call-template name="string">
        <xsl:with-param name="text" select="$value"/>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="string">
    <xsl:param name="text"/>
    <xsl:text>"</xsl:text>
    <xsl:choose>
      <xsl:when
        test="contains($text, '\') or contains($text, '&quot;') or contains($text, '&#9;') or contains($text, '&#10;') or contains($text, '&#13;')">
        <xsl:call-template name="escaped">
          <xsl:with-param name="text" select="string($text)"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="$text"/>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:text>"</xsl:text>
  </xsl:template>

  <xsl:template name="escaped">
    <xsl:param name="text"/>
    <xsl:if test="$text != ''">
      <xsl:variable name="first" select="substring($text, 1, 1)"/>
      <xsl:choose>
        <xsl:when test="$first = '\' or $first = '&quot;'">
          <xsl:value-of select="concat('\', $first)"/>
        </xsl:when>
        <xsl:when test="$first = '&#9;'">\t</xsl:when>
        <xsl:when test="$first = '&#10;'">\n</xsl:when>
        <xsl:when test="$first = '&#13;'">\r</xsl:when>
        <xsl:otherwise>
          <xsl:value-of select="$first"/>
        </xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="escaped">
        <xsl:with-param name="text" select="substring($text, 2)"/>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
