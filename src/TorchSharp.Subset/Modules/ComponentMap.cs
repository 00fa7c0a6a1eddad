using System.Collections;

namespace TorchSharp.Modules;

/// <summary>Named components in the order in which they were added; replacing one keeps its place.</summary>
internal sealed class ComponentMap<T> : IEnumerable<(string Name, T Value)>
{
    private readonly Dictionary<string, int> _places = [];
    private readonly List<(string Name, T Value)> _items = [];

    internal bool Contains(string name) => _places.ContainsKey(name);

    internal bool TryAdd(string name, T value)
    {
        if (!_places.TryAdd(name, _items.Count)) return false;
        _items.Add((name, value));
        return true;
    }

    internal bool TryGet(string name, out T value)
    {
        bool found = _places.TryGetValue(name, out int place);
        value = found ? _items[place].Value : default!;
        return found;
    }

    internal void Set(string name, T value)
    {
        if (_places.TryGetValue(name, out int place)) _items[place] = (name, value);
        else TryAdd(name, value);
    }

    internal void Remove(string name)
    {
        if (!_places.Remove(name, out int place)) return;
        _items.RemoveAt(place);
        for (int i = place; i < _items.Count; i++) _places[_items[i].Name] = i;
    }

    internal void Clear()
    {
        _places.Clear();
        _items.Clear();
    }

    public IEnumerator<(string Name, T Value)> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
