// Charts: each figure's numbers stand in its JSON block, and in the table beside it for who sees no picture.
(function () {
  "use strict";
  var INK = "#1d2529", SOFT = "#566269", LINE = "#d5dcdf";
  var COLOURS = ["#14505c", "#b86b00", "#a3231d", "#1d4f91", "#1c6434", "#6b4a8a", "#566269"];

  function shown(value, data) {
    if (value === null || value === undefined) { return "—"; }
    var digits = { minimumFractionDigits: data.decimals, maximumFractionDigits: data.decimals };
    return value.toLocaleString("en-US", digits);
  }

  function common(data) {
    return {
      animation: false,
      color: COLOURS,
      textStyle: { fontFamily: window.getComputedStyle(document.body).fontFamily, color: INK },
      // Tooltips are drawn on the canvas: as HTML they would bring inline styles, which the policy forbids.
      tooltip: { renderMode: "richText", confine: true, borderColor: LINE, textStyle: { color: INK, fontSize: 13 } }
    };
  }

  function axes(data, option) {
    option.grid = { left: 8, right: 40, top: 40, bottom: 8, containLabel: true };
    option.legend = { top: 0, left: 0, textStyle: { color: INK }, data: data.series.map(function (one) { return one.name; }) };
    option.xAxis = {
      type: "category", data: data.x, axisLine: { lineStyle: { color: SOFT } }, axisLabel: { color: SOFT, hideOverlap: true }
    };
    option.yAxis = {
      type: "value", minInterval: data.decimals ? 0 : 1, splitLine: { lineStyle: { color: LINE } },
      axisLabel: { color: SOFT, formatter: function (value) { return value.toLocaleString("en-US"); } }
    };
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = function (points) {
      var place = points[0].dataIndex;
      var lines = data.series.map(function (one) { return one.name + "  " + shown(one.values[place], data); });
      if (data.band) {
        lines.push(data.band.name + "  " + shown(data.band.low[place], data) + " – " + shown(data.band.high[place], data));
      }
      return [data.x[place]].concat(lines).join("\n");
    };
    return option;
  }

  function band(data) {
    if (!data.band) { return []; }
    var unseen = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 }, z: 1 };
    var span = data.band.high.map(function (high, place) {
      return high === null || data.band.low[place] === null ? null : high - data.band.low[place];
    });
    return [
      Object.assign({}, unseen, { data: data.band.low }),
      Object.assign({}, unseen, { name: data.band.name, data: span, itemStyle: { color: "#9fb9be" }, areaStyle: { color: "#9fb9be", opacity: .45 } })
    ];
  }

  var OPTIONS = {
    line: function (data) {
      var option = axes(data, common(data));
      if (data.band) { option.legend.data.push(data.band.name); }
      option.series = band(data).concat(data.series.map(function (one, place) {
        var few = one.values.length <= 60;
        return { name: one.name, type: "line", data: one.values, symbol: few ? "circle" : "none", symbolSize: 5, z: 3,
          itemStyle: { color: COLOURS[place % COLOURS.length] }, lineStyle: { width: 2, type: place ? "dashed" : "solid" } };
      }));
      return option;
    },
    bars: function (data) {
      var option = axes(data, common(data));
      option.series = data.series.map(function (one) {
        return { name: one.name, type: "bar", data: one.values, barMaxWidth: 36, stack: data.stacked ? "all" : null };
      });
      return option;
    },
    graph: function (data) {
      var option = common(data), most = 1, joins = {};
      data.links.forEach(function (link) {
        most = Math.max(most, link.weight);
        joins[link.source] = (joins[link.source] || 0) + 1;
        joins[link.target] = (joins[link.target] || 0) + 1;
      });
      option.legend = { top: 0, left: 0, data: data.sorts, textStyle: { color: INK } };
      option.tooltip.formatter = function (point) {
        if (point.dataType === "edge") { return point.data.words + "  " + shown(point.data.weight, data); }
        return data.sorts[point.data.category] + " " + point.name;
      };
      option.series = [{
        type: "graph", layout: "force", zoom: .82, center: ["50%", "46%"], draggable: true,
        force: { initLayout: "circular", repulsion: 160, edgeLength: [40, 110], layoutAnimation: false },
        categories: data.sorts.map(function (name) { return { name: name }; }),
        data: data.nodes.map(function (node) {
          return { id: node.id, name: node.name, category: node.sort, symbolSize: 12 + 6 * Math.sqrt(joins[node.id] || 1) };
        }),
        links: data.links.map(function (link) {
          return { source: link.source, target: link.target, words: link.words, weight: link.weight,
            lineStyle: { width: 1 + 4 * link.weight / most, color: "#8b9ba1", opacity: .8 } };
        }),
        label: { show: data.nodes.length <= 40, position: "right", color: INK, fontSize: 12 },
        emphasis: { focus: "adjacency", label: { show: true } }
      }];
      return option;
    }
  };

  function draw(figure) {
    var place = figure.querySelector(".drawn"), block = figure.querySelector("script");
    if (place.classList.contains("on")) { return; }
    var data = JSON.parse(block.textContent);
    place.classList.add("on");
    if (data.kind === "graph") { place.classList.add("tall"); }
    var chart = window.echarts.init(place);
    chart.setOption(OPTIONS[data.kind](data));
    window.addEventListener("resize", function () { chart.resize(); });
  }

  function drawAll() { document.querySelectorAll("figure.chart").forEach(draw); }

  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
})();
